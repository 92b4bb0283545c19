// What lies above the page: notices, questions, menus, the emoji picker.

export function notify(text, seconds = 6) {
  const shelf = document.getElementById("notices");
  const note = document.createElement("p");
  note.className = "notice";
  note.textContent = text;
  shelf.replaceChildren(note);
  // Shown anew each time: so it lies above a modal that was opened after the last one.
  shelf.hidePopover();
  shelf.showPopover();
  setTimeout(() => note.remove(), seconds * 1000);
}

// Puts a popover beside its anchor, inside of the window.
export function placeBeside(popover, anchor, { above = false, wide = false } = {}) {
  const box = anchor.getBoundingClientRect();
  if (wide) popover.style.width = `${box.width}px`;
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = innerHeight - box.bottom;
  const goesUp = above ? box.top > height + 8 : below < height + 8 && box.top > below;
  const top = goesUp ? box.top - height - 4 : box.bottom + 4;
  const left = box.left + width > innerWidth - 8 ? box.right - width : box.left;
  popover.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
  popover.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
}

// A confirmation dialog of Block Kit; answers whether the person agreed.
export function ask(confirm) {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    dialog.setAttribute("aria-labelledby", "ask-title");
    const title = document.createElement("h2");
    title.id = "ask-title";
    title.textContent = confirm.title?.text ?? "Are you sure?";
    const text = document.createElement("p");
    text.textContent = confirm.text?.text ?? "";
    const foot = document.createElement("div");
    foot.className = "modal-foot";
    const deny = choice(confirm.deny?.text ?? "No", "button");
    const agree = choice(confirm.confirm?.text ?? "Yes", `button ${confirm.style === "danger" ? "danger" : "primary"}`);
    foot.append(deny, agree);
    dialog.append(title, text, foot);
    document.body.append(dialog);
    deny.addEventListener("click", () => dialog.close(""));
    agree.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
    agree.focus();
  });
}

function choice(text, kind) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = kind;
  button.textContent = text;
  return button;
}

// Menus: a button with data-menu opens the popover of that id; arrows move, Esc closes.
export function menus() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-menu]");
    if (!opener) return;
    const menu = document.getElementById(opener.dataset.menu);
    if (menu.matches(":popover-open")) return menu.hidePopover();
    menu.showPopover();
    placeBeside(menu, opener, { above: Boolean(opener.closest(".composer")) });
    opener.setAttribute("aria-expanded", "true");
    items(menu)[0]?.focus();
    menu.addEventListener("toggle", function closed(change) {
      if (change.newState !== "closed") return;
      menu.removeEventListener("toggle", closed);
      opener.setAttribute("aria-expanded", "false");
      if (menu.contains(document.activeElement) || document.activeElement === document.body) opener.focus();
    });
  });
  document.addEventListener("click", (event) => {
    const item = event.target.closest(".menu [role=menuitem]");
    if (item && !item.hasAttribute("aria-disabled")) item.closest(".menu").hidePopover();
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".menu:popover-open");
    if (!menu) return;
    const all = items(menu);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  });
}

const items = (menu) => [...menu.querySelectorAll("button, a")];

// The emoji picker; `take` hears the name of the emoji chosen.
export function pickEmoji(anchor, emoji, take) {
  document.getElementById("picker")?.remove();
  const picker = document.createElement("div");
  picker.id = "picker";
  picker.className = "menu picker";
  picker.popover = "auto";
  picker.setAttribute("role", "dialog");
  picker.setAttribute("aria-label", "Choose an emoji");
  const search = document.createElement("input");
  search.className = "field";
  search.placeholder = "Search emoji";
  search.setAttribute("aria-label", "Search emoji");
  const grid = document.createElement("div");
  grid.className = "picker-grid";
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    grid.replaceChildren(...emoji.filter((each) => each.word.includes(wanted)).map((each) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = each.note;
      button.title = each.word;
      button.setAttribute("aria-label", each.word.replaceAll(":", "").replaceAll("_", " "));
      button.addEventListener("click", () => {
        picker.hidePopover();
        take(each.word.replaceAll(":", ""));
      });
      return button;
    }));
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") grid.querySelector("button")?.click();
  });
  picker.append(search, grid);
  picker.addEventListener("toggle", (change) => {
    if (change.newState !== "closed") return;
    picker.remove();
    anchor.focus?.();
  });
  document.getElementById("floating").append(picker);
  draw();
  picker.showPopover();
  placeBeside(picker, anchor);
  search.focus();
}
