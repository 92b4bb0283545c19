"""All tables, one file an aggregate. Importing this package registers every model."""

from storage.tables.api import ApiKey, ApiRequest
from storage.tables.audit import AuditEntry
from storage.tables.catchball import (
    Catchball,
    CatchballMove,
    CatchballParty,
    CatchballRemark,
    CatchballVersion,
)
from storage.tables.channel import ChannelAudience
from storage.tables.checkin import (
    Blocker,
    CheckinAnswer,
    CheckinPrompt,
    CheckinQuestion,
    CheckinWindow,
    Chore,
    Escalation,
    PulseCount,
    Schedule,
    TeamQuestion,
)
from storage.tables.digest import DigestTurn
from storage.tables.event import ProcessedEvent
from storage.tables.home import HomeOpening
from storage.tables.installation import Installation, OAuthState
from storage.tables.kaizen import (
    Idea,
    IdeaBenefit,
    IdeaDraft,
    IdeaFollowUp,
    IdeaOffer,
    IdeaSpelling,
    IdeaStep,
    IdeaTerm,
    IdeaVote,
    IdeaWord,
    KaizenEvent,
    KaizenSetting,
)
from storage.tables.kpi import Kpi, KpiAlias, KpiPlan, Reading
from storage.tables.mark import Mark
from storage.tables.member import Absence, DayOff, Follow, Member
from storage.tables.okr import (
    Dependency,
    Grade,
    KeyResult,
    Milestone,
    Objective,
    Report,
)
from storage.tables.outbox import Lane, Outbox
from storage.tables.plan import (
    AnnualObjective,
    Breakthrough,
    Driver,
    Initiative,
    Plan,
    Reader,
    Step,
    Supporter,
)
from storage.tables.role import RoleGrant
from storage.tables.team import Team, TeamMember
from storage.tables.workspace import Setting, Workspace

__all__ = [
    "Absence",
    "AnnualObjective",
    "ApiKey",
    "ApiRequest",
    "AuditEntry",
    "Blocker",
    "Breakthrough",
    "Catchball",
    "CatchballMove",
    "CatchballParty",
    "CatchballRemark",
    "CatchballVersion",
    "ChannelAudience",
    "CheckinAnswer",
    "CheckinPrompt",
    "CheckinQuestion",
    "CheckinWindow",
    "Chore",
    "DayOff",
    "Dependency",
    "DigestTurn",
    "Driver",
    "Escalation",
    "Follow",
    "Grade",
    "HomeOpening",
    "Idea",
    "IdeaBenefit",
    "IdeaDraft",
    "IdeaFollowUp",
    "IdeaOffer",
    "IdeaSpelling",
    "IdeaStep",
    "IdeaTerm",
    "IdeaVote",
    "IdeaWord",
    "Initiative",
    "Installation",
    "KaizenEvent",
    "KaizenSetting",
    "KeyResult",
    "Kpi",
    "KpiAlias",
    "KpiPlan",
    "Lane",
    "Mark",
    "Member",
    "Milestone",
    "OAuthState",
    "Objective",
    "Outbox",
    "Plan",
    "ProcessedEvent",
    "PulseCount",
    "Reader",
    "Reading",
    "Report",
    "RoleGrant",
    "Schedule",
    "Setting",
    "Step",
    "Supporter",
    "Team",
    "TeamMember",
    "TeamQuestion",
    "Workspace",
]
