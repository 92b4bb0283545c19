// Selects of every kind: one searches by typing, arrows move, Enter takes, Backspace drops.

import { path } from "./page.js";
import { placeBeside } from "./overlay.js";

let open = null; // the combobox whose list is on show

export function comboboxes() {
  document.addEventListener("focusin", ({ target }) => target.matches?.(".combobox-input") && target.select());
  document.addEventListener("click", ({ target }) => {
    const drop = target.closest("[data-drop]");
    if (drop) return dropChip(drop.closest("[data-chosen]"));
    const box = target.closest("[data-combobox]");
    if (box && !target.closest("[role=option]")) {
      box.querySelector(".combobox-input").focus();
      show(box);
    }
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest(".combobox [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option);
  });
  document.addEventListener("input", ({ target }) => {
    if (!target.matches(".combobox-input")) return;
    const box = target.closest("[data-combobox]");
    show(box, { typed: true });
  });
  document.addEventListener("focusout", ({ target }) => {
    if (target.matches(".combobox-input")) settle(target.closest("[data-combobox]"));
  });
  document.addEventListener("keydown", key, true);
}

function key(event) {
  if (!event.target.matches?.(".combobox-input")) return;
  const box = event.target.closest("[data-combobox]");
  const shown = open === box;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (shown) move(box, event.key === "ArrowDown" ? 1 : -1);
    else show(box);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const active = shown && box.querySelector(".is-active");
    if (active) choose(active);
    else show(box);
  } else if (event.key === "Escape" && shown) {
    event.preventDefault();
    event.stopPropagation();
    hide();
  } else if (event.key === "Tab" && shown) {
    hide();
  } else if (event.key === "Backspace" && event.target.value === "" && box.hasAttribute("data-multiple")) {
    const chips = box.querySelectorAll("[data-chosen]");
    if (chips.length) dropChip(chips[chips.length - 1]);
  }
}

async function show(box, { typed = false } = {}) {
  const input = box.querySelector(".combobox-input");
  const list = box.querySelector("[role=listbox]");
  if (open && open !== box) hide();
  open = box;
  const query = typed ? input.value.trim() : "";
  if (box.dataset.search) await search(box, list, query);
  else filter(list, query);
  if (open !== box) return;
  if (!list.matches(":popover-open")) list.showPopover();
  input.setAttribute("aria-expanded", "true");
  placeBeside(list, box, { wide: true });
  const options = shownOptions(box);
  activate(box, options.find((each) => each.getAttribute("aria-selected") === "true") ?? options[0]);
}

function filter(list, query) {
  const wanted = query.toLowerCase();
  for (const option of list.querySelectorAll("[role=option]")) {
    option.hidden = !option.dataset.label.toLowerCase().includes(wanted);
  }
  note(list, shownIn(list).length ? "" : "Nothing matches.");
}

async function search(box, list, query) {
  const least = Number(box.dataset.least);
  if (query.length < least) {
    list.replaceChildren();
    note(list, `Type at least ${least} ${least === 1 ? "letter" : "letters"} to search.`);
    return;
  }
  const surface = new FormData(box.closest("[data-surface]"));
  const asked = new URLSearchParams({ field: box.dataset.search, query });
  for (const name of ["view", "channel", "ts"]) if (surface.has(name)) asked.set(name, surface.get(name));
  const number = (box.asked = (box.asked ?? 0) + 1);
  const answer = await fetch(`${path()}/choices?${asked}`).then((each) => each.json()).catch(() => ({ choices: [] }));
  if (number !== box.asked) return;
  const chosen = new Set([...box.querySelectorAll("[data-chosen] input")].map((each) => each.value));
  list.replaceChildren(...answer.choices.map((choice, index) => {
    const option = document.createElement("div");
    option.id = `${list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(chosen.has(choice.value)));
    option.dataset.value = choice.value;
    option.dataset.label = choice.label;
    const label = document.createElement("span");
    label.textContent = choice.label;
    option.append(label);
    if (choice.note) {
      const small = document.createElement("small");
      small.textContent = choice.note;
      option.append(small);
    }
    return option;
  }));
  note(list, answer.notice ?? (answer.choices.length ? "" : "Nothing matches."));
}

function note(list, text) {
  list.querySelector(".listbox-note")?.remove();
  if (!text) return;
  const element = document.createElement("p");
  element.className = "listbox-note";
  element.textContent = text;
  list.append(element);
}

const shownIn = (list) => [...list.querySelectorAll("[role=option]:not([hidden])")];
const shownOptions = (box) => shownIn(box.querySelector("[role=listbox]"));

function move(box, step) {
  const options = shownOptions(box);
  const at = options.findIndex((each) => each.classList.contains("is-active"));
  activate(box, options[(at + step + options.length) % options.length]);
}

function activate(box, option) {
  for (const each of box.querySelectorAll(".is-active")) each.classList.remove("is-active");
  const input = box.querySelector(".combobox-input");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.classList.add("is-active");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function choose(option) {
  const box = option.closest("[data-combobox]");
  const input = box.querySelector(".combobox-input");
  const multiple = box.hasAttribute("data-multiple");
  const chosen = [...box.querySelectorAll("[data-chosen]")];
  const before = chosen.find((each) => each.querySelector("input").value === option.dataset.value);
  if (multiple && before) return dropChip(before);
  if (multiple && chosen.length >= Number(box.dataset.most)) return hide();
  if (!multiple) chosen.forEach((each) => each.remove());
  box.insertBefore(chip(box, option, multiple), input);
  input.value = multiple ? "" : option.dataset.label;
  hide();
  changed(box);
}

function chip(box, option, removable) {
  const element = document.createElement("span");
  element.className = removable ? "chip" : "chosen";
  element.dataset.chosen = "";
  element.dataset.label = option.dataset.label;
  const value = document.createElement("input");
  value.type = "hidden";
  value.name = box.dataset.name;
  value.value = option.dataset.value;
  element.append(value);
  if (removable) {
    const label = document.createElement("span");
    label.textContent = option.dataset.label;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.dataset.drop = "";
    drop.setAttribute("aria-label", `Remove ${option.dataset.label}`);
    drop.textContent = "×";
    element.append(label, drop);
  }
  return element;
}

function dropChip(element) {
  const box = element.closest("[data-combobox]");
  element.remove();
  box.querySelector(".combobox-input").focus();
  hide();
  changed(box);
}

// Leaving the field: a single choice shows again what is chosen, and an emptied one chooses nothing.
function settle(box) {
  if (open === box) hide();
  const input = box.querySelector(".combobox-input");
  const chosen = box.querySelector("[data-chosen]");
  if (box.hasAttribute("data-multiple")) input.value = "";
  else if (input.value === "" && chosen) {
    chosen.remove();
    changed(box);
  } else input.value = chosen?.dataset.label ?? "";
}

function hide() {
  if (!open) return;
  const input = open.querySelector(".combobox-input");
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
  open.querySelector("[role=listbox]").hidePopover();
  open = null;
}

const changed = (box) => box.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
