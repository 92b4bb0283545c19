// Asking the server: the page itself again, another page, and what a person does.

import { morph } from "./morph.js";
import { notify } from "./overlay.js";

const afterwards = [];
let asking = null;
let again = false;

export const frame = () => document.getElementById("page");
export const path = () => document.body.dataset.path;

// Registers what has to be looked at whenever the page was drawn (again).
export function whenDrawn(act) {
  afterwards.push(act);
}

export function drawn(why) {
  for (const act of afterwards) act(why);
}

// Draws the page again. Calls that come while one is under way become one more.
export async function refresh() {
  if (asking) {
    again = true;
    return asking;
  }
  asking = (async () => {
    do {
      again = false;
      await take(location.href, { news: frame().dataset.new });
    } while (again);
  })();
  try {
    await asking;
  } catch {
    notify("The simulated Slack does not answer. Is it still running?");
  } finally {
    asking = null;
  }
}

// Goes to another page of the same person without leaving this one.
export async function visit(url, { push = true } = {}) {
  const here = new URL(location.href);
  const there = new URL(url, here);
  const news = here.pathname === there.pathname ? frame().dataset.new : undefined;
  try {
    if (asking) await asking;
    if (push) history.pushState(null, "", there);
    await take(there, { news, why: "visit" });
  } catch {
    location.assign(there);
  }
}

async function take(url, { news, why = "refresh" }) {
  const asked = new URL(url, location.href);
  // Where "New" stands is settled on entering a conversation, and stays while one is there.
  if (news !== undefined) asked.searchParams.set("new", news);
  const place = location.href;
  const answer = await fetch(asked, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  // The person may have moved on while this was under way.
  if (place !== location.href) return;
  document.title = fresh.title;
  morph(frame(), fresh.getElementById("page"));
  drawn(why);
}

// Posts what a person did, one act after the other, and answers {ok, notice, …}.
let line = Promise.resolve();

export function post(where, values) {
  const body = values instanceof FormData ? values : form(values);
  const sent = line.then(async () => {
    try {
      const answer = await fetch(where, { method: "POST", body });
      if (!answer.ok) return { ok: false, notice: await answer.text() };
      return await answer.json();
    } catch {
      return { ok: false, notice: "The simulated Slack does not answer. Is it still running?" };
    }
  });
  line = sent;
  return sent;
}

function form(values) {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) {
    for (const each of Array.isArray(value) ? value : [value]) data.append(name, each);
  }
  return data;
}

// Server-Sent Events say that something changed; what it is, the page asks for.
export function listen() {
  // With `since`, what came between the drawing of the page, or the loss of the stream, and now is told too.
  const stream = new EventSource(`${path()}/live?since=${document.body.dataset.revision}`);
  stream.addEventListener("changed", refresh);
  stream.addEventListener("traffic", () => drawn("traffic"));
  addEventListener("pagehide", () => stream.close());
}
