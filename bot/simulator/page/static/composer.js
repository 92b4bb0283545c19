// The composer: Enter sends, "/", "@", "#" and ":" complete, drafts stay with their conversation.

import { path, post, refresh, whenDrawn } from "./page.js";
import { placeBeside } from "./overlay.js";
import { words } from "./words.js";

const drafts = (place) => `draft ${path()} ${place}`;
let open = null; // the completions on show: {field, from, options, active}

export function composers() {
  document.addEventListener("input", ({ target }) => {
    if (!isComposer(target)) return;
    sessionStorage.setItem(drafts(target.dataset.draft), target.value);
    shape(target);
    complete(target);
  });
  document.addEventListener("keydown", (event) => {
    if (!isComposer(event.target)) return;
    if (open && completionKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    event.preventDefault();
    send(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const field = button.closest("form").querySelector("textarea");
    field.focus();
    if (button.dataset.insert === "/") {
      if (field.value === "") field.setRangeText("/", 0, 0, "end");
    } else {
      const at = field.selectionStart;
      const space = at > 0 && !/\s/.test(field.value[at - 1]) ? " " : "";
      field.setRangeText(space + button.dataset.insert, at, field.selectionEnd, "end");
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("focusout", (event) => isComposer(event.target) && hide());
  whenDrawn((why) => {
    for (const field of document.querySelectorAll("textarea[data-draft]")) {
      if (why !== "refresh" || !field.dataset.kept) {
        field.dataset.kept = "draft";
        field.value ||= sessionStorage.getItem(drafts(field.dataset.draft)) ?? "";
      }
      shape(field);
    }
  });
}

const isComposer = (element) => element instanceof HTMLTextAreaElement && element.dataset.draft !== undefined;

function shape(field) {
  // Where the browser knows no field-sizing, the script lets the field grow.
  if (!CSS.supports("field-sizing", "content")) {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }
  field.form.querySelector(".send").disabled = field.value.trim() === "";
}

async function send(form) {
  const field = form.querySelector("textarea");
  const notice = form.querySelector(".composer-notice");
  const text = field.value;
  if (text.trim() === "") return;
  hide();
  const values = new FormData(form);
  field.value = "";
  notice.textContent = "";
  sessionStorage.removeItem(drafts(field.dataset.draft));
  shape(field);
  const { ok, notice: said } = await post(form.action, values);
  if (!ok) {
    // What was typed is not lost, unless something else was typed meanwhile.
    notice.textContent = said;
    if (field.value === "") field.value = text;
    shape(field);
  }
  document.querySelector(form.closest(".thread") ? ".thread [data-scroll]" : ".main [data-scroll]")?.setAttribute("data-follow", "");
  await refresh();
}

async function complete(field) {
  const upTo = field.value.slice(0, field.selectionStart);
  const inThread = Boolean(field.form.querySelector("[name=thread_ts]"));
  const command = /^\/[\w-]*$/.exec(upTo);
  const other = /(?:^|\s)([@#:][\w.+-]*)$/.exec(upTo);
  const typed = command?.[0] ?? other?.[1];
  if (typed === undefined || (typed[0] === ":" && typed.length < 3)) return hide();
  const known = await words();
  if (field.value.slice(0, field.selectionStart) !== upTo) return;
  const list = { "/": inThread ? [] : known.commands, "@": known.people, "#": known.channels, ":": known.emoji }[typed[0]];
  const wanted = typed.slice(1).toLowerCase();
  const found = list.filter((each) => each.word.slice(1).toLowerCase().startsWith(wanted));
  const also = list.filter((each) => !found.includes(each) && wanted && `${each.word} ${typed[0] === ":" ? "" : each.note}`.toLowerCase().includes(wanted));
  show(field, upTo.length - typed.length, [...found, ...also].slice(0, 12));
}

function show(field, from, options) {
  hide();
  if (!options.length) return;
  const box = document.createElement("div");
  box.id = "completions";
  box.className = "listbox completions";
  box.popover = "manual";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", "Completions");
  box.append(...options.map((each, index) => {
    const option = document.createElement("div");
    option.id = `completion-${index}`;
    option.setAttribute("role", "option");
    const isEmoji = each.word[0] === ":";
    option.append(text("strong", isEmoji ? `${each.note}  ${each.word}` : each.word), text("span", each.hint ?? (each.word[0] === "/" || isEmoji ? "" : each.note), "hint"));
    if (each.word[0] === "/" && each.note) option.append(text("small", each.note));
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(index);
    });
    return option;
  }));
  document.getElementById("floating").append(box);
  box.showPopover();
  placeBeside(box, field.closest(".composer-box"), { above: true, wide: true });
  open = { field, from, options, active: 0, box };
  mark();
}

function text(tag, content, kind) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (kind) element.className = kind;
  return element;
}

function mark() {
  [...open.box.children].forEach((option, index) => {
    option.classList.toggle("is-active", index === open.active);
    option.setAttribute("aria-selected", String(index === open.active));
    if (index === open.active) option.scrollIntoView({ block: "nearest" });
  });
  open.field.setAttribute("aria-activedescendant", `completion-${open.active}`);
}

function completionKey(event) {
  const count = open.options.length;
  if (event.key === "ArrowDown") open.active = (open.active + 1) % count;
  else if (event.key === "ArrowUp") open.active = (open.active - 1 + count) % count;
  else if (event.key === "Escape") hide();
  else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
    const { field, from, options, active } = open;
    // A command that is typed in full is sent by Enter, as in Slack.
    if (event.key === "Enter" && field.value.slice(from) === options[active].word) {
      hide();
      return false;
    }
    take(active);
  } else return false;
  event.preventDefault();
  if (open) mark();
  return true;
}

function take(index) {
  const { field, from, options } = open;
  field.setRangeText(`${options[index].word} `, from, field.selectionStart, "end");
  hide();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function hide() {
  if (!open) return;
  open.field.removeAttribute("aria-activedescendant");
  open.box.remove();
  open = null;
}
