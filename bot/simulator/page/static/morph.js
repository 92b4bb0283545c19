// Makes one tree of elements equal to another, touching only what differs, so that focus, scroll,
// selection and typed text stay. Elements are matched by id, others by their place.
//
// data-client on an element: its content belongs to the script, the server's is ignored.
// Attributes that the browser or the script sets on drawn elements are left alone.

const KEPT = new Set(["open", "aria-expanded", "style", "data-kept", "aria-activedescendant"]);

export function morph(from, to) {
  if (from.hasAttribute("data-client")) return;
  attributes(from, to);
  if (from instanceof HTMLTextAreaElement) {
    if (!from.hasAttribute("data-typed") && !from.dataset.draft) from.value = to.value;
    return;
  }
  if (from instanceof HTMLInputElement) value(from, to);
  if (from.classList.contains("combobox") && from.contains(document.activeElement)) return;
  children(from, to);
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !KEPT.has(name) && name !== "data-typed" && name !== "aria-busy") from.removeAttribute(name);
  }
  for (const { name, value } of [...to.attributes]) {
    if (KEPT.has(name) && from.hasAttribute(name)) continue;
    if (name === "hidden" && from.hasAttribute("data-client-hidden")) continue;
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
}

function value(from, to) {
  if (from.hasAttribute("data-typed") || from === document.activeElement) return;
  if (from.type === "checkbox" || from.type === "radio") from.checked = to.checked;
  else if (from.type !== "file" && from.value !== to.value) from.value = to.value;
}

function children(from, to) {
  const wanted = new Set([...to.children].map((each) => each.id).filter(Boolean));
  const byId = new Map();
  for (const child of [...from.children]) {
    if (!child.id) continue;
    if (wanted.has(child.id)) byId.set(child.id, child);
    else remove(child);
  }
  let place = from.firstChild;
  for (const child of [...to.childNodes]) {
    const match = counterpart(child, place, byId);
    if (match === null) {
      from.insertBefore(document.importNode(child, true), place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else from.insertBefore(match, place);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, child);
    else if (match.data !== child.data) match.data = child.data;
  }
  while (place !== null) {
    const next = place.nextSibling;
    remove(place);
    place = next;
  }
}

function counterpart(child, place, byId) {
  if (child.id) {
    const known = byId.get(child.id);
    return known && known.nodeName === child.nodeName ? known : null;
  }
  if (place === null || place.nodeType !== child.nodeType || place.nodeName !== child.nodeName) return null;
  return place.id ? null : place;
}

function remove(node) {
  // A dialog that is merely removed does not give the focus back.
  if (node instanceof HTMLDialogElement && node.open) node.close();
  node.remove();
}
