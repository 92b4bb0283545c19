// Blocks that can be used: buttons, menus, fields, and the modals they stand in.

import { path, post, refresh, whenDrawn } from "./page.js";
import { ask, notify } from "./overlay.js";

export function surfaces() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", (event) => onChange(event.target));
  document.addEventListener("chosen", (event) => onChange(event.target));
  document.addEventListener("input", (event) => onInput(event.target));
  document.addEventListener("keydown", onKey);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-surface]")) return;
    event.preventDefault();
    if (event.target.dataset.view) submit(event.target);
  });
  document.addEventListener("cancel", (event) => {
    if (!event.target.matches?.("[data-modal]")) return;
    event.preventDefault();
    closeView(topView(event.target), "one");
  }, true);
  // A browser may close a dialog at a second Esc without asking; then the view is closed too.
  document.addEventListener("close", ({ target }) => {
    if (target.matches?.("[data-modal]") && target.isConnected) closeView(topView(target), "one");
  }, true);
  whenDrawn(drawModals);
}

// ---- buttons and menus

async function onClick(event) {
  const closing = event.target.closest("[data-close-view]");
  if (closing) return closeView(closing.closest("[data-view]"), closing.dataset.closeView);
  const button = event.target.closest("[data-act]");
  if (!button) return;
  if (button.dataset.url) window.open(button.dataset.url, "_blank", "noopener");
  const surface = button.closest("[data-surface]");
  if (!(await agreed(button))) return;
  await flush(surface);
  await use(button, surface, button.dataset.act, [button.dataset.value ?? ""]);
}

async function agreed(element) {
  const holder = element.closest("[data-confirm]");
  return !holder || ask(JSON.parse(holder.dataset.confirm));
}

async function use(element, surface, field, values) {
  element.setAttribute("aria-busy", "true");
  const answer = await post(surface.action, about(surface, field, values));
  element.removeAttribute("aria-busy");
  if (!answer.ok) notify(answer.notice);
  await refresh();
}

function about(surface, field, values) {
  const data = new FormData();
  for (const name of ["view", "channel", "ts"]) {
    const hidden = surface.querySelector(`input[type=hidden][name=${name}]`);
    if (hidden) data.append(name, hidden.value);
  }
  data.append("field", field);
  for (const value of values) data.append("value", value);
  return data;
}

// ---- fields

function fieldOf(target) {
  const combobox = target.closest?.("[data-combobox]");
  if (combobox) return target === combobox ? combobox : null;
  return target.matches?.("[data-surface] :is(input, textarea)[name^='[']") ? target : null;
}

function valuesOf(field) {
  const surface = field.closest("[data-surface]");
  const name = field.dataset.name ?? field.name;
  if (field.type === "file") return { surface, name, values: [...field.files] };
  return { surface, name, values: new FormData(surface).getAll(name) };
}

async function onChange(target) {
  const field = fieldOf(target);
  if (!field) return;
  const dispatch = field.dataset.dispatch;
  const isText = field.matches("textarea, input[type=text]");
  if (dispatch === "change" && !isText) {
    if (!(await agreed(field))) return refresh();
    const { surface, name, values } = valuesOf(field);
    await flush(surface, field);
    return use(field, surface, name, values);
  }
  return keep(field);
}

let pause = 0;

function onInput(target) {
  const field = fieldOf(target);
  if (!field || !field.matches("textarea, input[type=text]")) return;
  field.dataset.typed = "";
  count(field);
  if (field.dataset.dispatch !== "character") return;
  clearTimeout(pause);
  pause = setTimeout(() => dispatchTyped(field), 500);
}

function onKey(event) {
  const field = fieldOf(event.target);
  if (!field || event.key !== "Enter" || event.isComposing) return;
  if (field.matches("textarea")) {
    if (!event.metaKey && !event.ctrlKey) return;
    event.preventDefault();
    return field.form.requestSubmit();
  }
  if (field.dataset.dispatch === "enter") {
    event.preventDefault();
    dispatchTyped(field);
  }
}

async function dispatchTyped(field) {
  const { surface, name, values } = valuesOf(field);
  delete field.dataset.typed;
  await flush(surface, field);
  await use(field, surface, name, values);
}

// Tells the server what stands in a field, without telling the app.
async function keep(field) {
  const { surface, name, values } = valuesOf(field);
  delete field.dataset.typed;
  const answer = await post(`${path()}/kept`, about(surface, name, values));
  if (!answer.ok) notify(answer.notice);
}

async function flush(surface, except = null) {
  const typed = [...surface.querySelectorAll("[data-typed]")].filter((each) => each !== except);
  await Promise.all(typed.map(keep));
}

function count(field) {
  const counter = document.querySelector(`[data-counts="${CSS.escape(field.id)}"]`);
  if (!counter) return;
  const left = Number(counter.dataset.most) - [...field.value].length;
  counter.textContent = left < 30 ? String(left) : "";
  counter.classList.toggle("is-over", left < 0);
}

// ---- modals

const topView = (dialog) => [...dialog.querySelectorAll("[data-view]")].at(-1);

async function submit(view) {
  const button = view.querySelector("[data-submit]");
  if (!button || button.disabled || button.hasAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  await flush(view);
  await post(`${path()}/views/${view.dataset.view}/submission`, {});
  button.removeAttribute("aria-busy");
  await refresh();
  document.querySelector(`#${CSS.escape(view.id)} [aria-invalid=true]`)?.focus();
}

async function closeView(view, which) {
  if (!view) return;
  await post(`${path()}/views/${view.dataset.view}/closing`, { which });
  await refresh();
}

// A modal that has come is opened; a view that has come on top gets the focus.
let shown = null;

function drawModals() {
  const dialog = document.querySelector("[data-modal]");
  if (!dialog) {
    shown = null;
    return;
  }
  if (!dialog.open) dialog.showModal();
  const view = topView(dialog);
  if (view.id === shown) return;
  shown = view.id;
  const fields = [...view.querySelectorAll(".modal-body :is(input:not([type=hidden]), textarea, button, a)")];
  const first = fields.find((each) => each.hasAttribute("data-focus-first")) ?? fields[0] ?? view.querySelector("[data-submit]");
  (first ?? view.querySelector(".modal-body")).focus();
}
