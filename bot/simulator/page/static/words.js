// The words that can be completed: commands, people, channels, emoji. Asked for once.

import { path } from "./page.js";

let known = null;

export function words() {
  known ??= fetch(`${path()}/words`).then((answer) => answer.json()).catch(() => ({ commands: [], people: [], channels: [], emoji: [] }));
  return known;
}
