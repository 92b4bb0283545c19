// What surrounds the conversation: the clock, the drawer, themes, scrolling, the traffic.

import { morph } from "./morph.js";
import { frame, path, post, refresh, visit, whenDrawn } from "./page.js";
import { notify, pickEmoji } from "./overlay.js";
import { words } from "./words.js";

export function surroundings() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", (event) => event.key === "Escape" && drawer(false));
  document.addEventListener("scroll", onScroll, true);
  document.addEventListener("visibilitychange", seen);
  document.addEventListener("toggle", onToggle, true);
  addEventListener("focus", seen);
  addEventListener("popstate", () => visit(location.href, { push: false }));
  whenDrawn(welcome);
  whenDrawn(follow);
  whenDrawn(opens);
  whenDrawn(traffic);
}

async function onClick(event) {
  const link = event.target.closest("a[data-visit]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    drawer(false);
    await visit(link.href);
    if (link.hasAttribute("data-focus-thread")) document.querySelector(".thread textarea")?.focus();
    return;
  }
  const act = (name) => event.target.closest(`[data-${name}]`);
  if (act("drawer")) drawer(!document.body.classList.contains("has-drawer"));
  else if (act("drawer-close")) drawer(false);
  else if (act("switch-theme")) switchTheme();
  else if (act("panel")) panel();
  else if (act("dismiss")) dismiss(act("dismiss").dataset.dismiss);
  else if (act("react")) react(act("react"), act("react").dataset.react);
  else if (act("pick-reaction")) pickReaction(act("pick-reaction"));
  else if (act("shortcut")) shortcut(act("shortcut"));
  else if (event.target.closest(".new-pill")) toBottom(document.querySelector(".main [data-scroll]"));
}

// ---- forms that only need their answer: the clock, joining a channel

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("[data-quiet]")) return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  const values = new FormData(form, event.submitter);
  form.setAttribute("aria-busy", "true");
  event.submitter?.classList.add("is-pressed");
  const answer = await post(form.action, values);
  await refresh();
  form.removeAttribute("aria-busy");
  event.submitter?.classList.remove("is-pressed");
  const said = answer.said ?? answer.notice;
  if (said) notify(said, 9);
}

// ---- messages

const message = (element) => element.closest(".message").dataset;

async function react(element, name) {
  const { channel, ts } = message(element);
  const answer = await post(`${path()}/reactions`, { channel, ts, name });
  if (!answer.ok) notify(answer.notice);
  await refresh();
}

async function pickReaction(element) {
  const { emoji } = await words();
  pickEmoji(element, emoji, (name) => react(element, name));
}

async function shortcut(element) {
  const on = element.closest(".message")?.dataset;
  const values = { callback_id: element.dataset.shortcut, ...(on ? { channel: on.channel, ts: on.ts } : {}) };
  const answer = await post(`${path()}/shortcuts`, values);
  if (!answer.ok) notify(answer.notice);
  await refresh();
}

// ---- scrolling and reading

const NEAR = 60;
const isAtBottom = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;

function toBottom(box) {
  if (!box) return;
  box.scrollTop = box.scrollHeight;
}

// A box at its end stays there when it shrinks (a panel opens) or its content grows (a picture loads).
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest("[data-scroll]");
    if (box?.atBottom) toBottom(box);
  }
});

// After drawing: a conversation that was at its end stays there; elsewhere a pill says what came.
function follow(why) {
  if (why === "visit") pill(0);
  for (const box of document.querySelectorAll("[data-scroll]")) {
    const count = box.querySelectorAll(".message").length;
    const isNew = box.known === undefined || (why === "visit" && box.closest(".main") && !box.dataset.kept);
    if (isNew) {
      sizes.observe(box);
      sizes.observe(box.firstElementChild);
    }
    if (isNew || box.atBottom !== false || box.hasAttribute("data-follow")) {
      const divider = isNew && box.querySelector(".new-divider");
      if (divider) divider.scrollIntoView({ block: "center" });
      else toBottom(box);
    } else if (box.closest(".main") && count > box.known) {
      pill((box.missed = (box.missed ?? 0) + count - box.known));
    }
    if (!isNew && count > box.known) for (const line of [...box.querySelectorAll(".message")].slice(box.known)) line.classList.add("is-new");
    box.removeAttribute("data-follow");
    box.known = count;
    box.dataset.kept = "scrolled";
    box.atBottom = isAtBottom(box);
  }
  seen();
}

function onScroll({ target }) {
  if (!target.matches?.("[data-scroll]")) return;
  target.atBottom = isAtBottom(target);
  if (!target.atBottom || !target.closest(".main")) return;
  target.missed = 0;
  pill(0);
  seen();
}

function pill(count) {
  const element = document.getElementById("new-pill");
  if (!element) return;
  element.hidden = count === 0;
  element.querySelector("span").textContent = count === 1 ? "1 new message" : `${count} new messages`;
}

let seenMark = "";

// Tells the server that the conversation on show has been read.
async function seen() {
  const { channel } = frame().dataset;
  const box = document.querySelector(".main [data-scroll]");
  if (!channel || !box?.atBottom || document.visibilityState !== "visible") return;
  const last = [...document.querySelectorAll(".message")].map((each) => each.dataset.ts).sort().at(-1) ?? "";
  const mark = `${channel} ${last}`;
  if (mark === seenMark) return;
  seenMark = mark;
  await post(`${path()}/${channel}/seen`, {});
}

// The app hears that somebody looks at its Home.
let opened = null;

async function opens(why) {
  const place = document.querySelector("[data-opens]")?.dataset.opens ?? null;
  if (place !== null && (place !== opened || why === "visit")) await post(`${path()}/opened`, { tab: place });
  opened = place;
}

// ---- the frame's own switches

function drawer(open) {
  document.body.classList.toggle("has-drawer", open);
  const button = document.querySelector("[data-drawer]");
  button?.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#acting-button")?.focus();
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
}

function welcome() {
  const note = document.getElementById("welcome");
  if (note) note.hidden = localStorage.getItem("dismissed welcome") !== null;
}

function dismiss(name) {
  localStorage.setItem(`dismissed ${name}`, "yes");
  welcome();
  document.getElementById("main").focus();
}

// ---- traffic

function panel() {
  const section = document.getElementById("traffic");
  section.hidden = !section.hidden;
  document.querySelector("[data-panel][aria-controls]")?.setAttribute("aria-expanded", String(!section.hidden));
  traffic();
}

let trafficAsked = false;

async function traffic() {
  const section = document.getElementById("traffic");
  if (!section || section.hidden || trafficAsked) return;
  trafficAsked = true;
  try {
    const answer = await fetch(`${path()}/traffic`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    morph(document.getElementById("traffic-body"), fresh.getElementById("traffic-body"));
  } finally {
    trafficAsked = false;
  }
}

async function onToggle({ target }) {
  if (!target.open || !target.dataset?.details) return;
  const payload = target.querySelector(".payload");
  if (payload.textContent) return;
  const answer = await fetch(target.dataset.details);
  payload.textContent = await answer.text();
}
