"""What Prometheus may count: routes, durations, refusals, messages; never a person or a text."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

ACK_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)


class Metrics:
    """One registry a process, so that two bots in one test do not share counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._acks = Histogram(
            "hoshin_ack_seconds",
            "From a delivery to its ack; Slack gives up at 3 s",
            ["family", "route"],
            registry=self._registry,
            buckets=ACK_BUCKETS,
        )
        self._acks_of: dict[tuple[str, str], Histogram] = {}
        """The children by their labels: the library looks them up under a lock."""
        self._refusals = Counter(
            "hoshin_refusals",
            "Asks answered by a sentence instead of work",
            ["family", "kind"],
            registry=self._registry,
        )
        self._ticks = Histogram("hoshin_tick_seconds", "One look at what fell due", registry=self._registry)
        self._ready = Gauge("hoshin_ready", "1 while /readyz says ready", registry=self._registry)

    def answered(self, family: str, route: str, seconds: float) -> None:
        acks = self._acks_of.get((family, route))
        if acks is None:
            acks = self._acks_of[family, route] = self._acks.labels(str(family), route)
        acks.observe(seconds)

    def refused(self, family: str, kind: str) -> None:
        self._refusals.labels(str(family), kind).inc()

    def ticked(self, seconds: float) -> None:
        self._ticks.observe(seconds)

    def set_ready(self, ready: bool) -> None:
        self._ready.set(1 if ready else 0)

    def text(self) -> bytes:
        """The exposition format, for /metrics."""
        return generate_latest(self._registry)
