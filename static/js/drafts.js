/*
 * Drafts on this device, one for each member and form. A form that is sent names its draft, and the server says by a cookie
 * which one it has accepted: only then is it forgotten, whatever happened to the page in between.
 */
const PREFIX = "draft:";
const MONTH = 30 * 24 * 3_600_000;
const ACCEPTED = /(?:^|; )((?:__Host-)?draft)=([\w-]+)/;

export function find(key) {
  return JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
}

/* The name by which the server speaks of it. */
export function nameOf(key) {
  return find(key)?.id ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
}

/* Says whether there was room. */
export function keep(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ ...draft, at: Date.now() }));
    return true;
  } catch (refusal) {
    if (refusal.name !== "QuotaExceededError") throw refusal;
    return false;
  }
}

export function drop(key) {
  localStorage.removeItem(PREFIX + key);
}

/* Forgets what was accepted, and what nobody came back to for a month. */
export function settle() {
  const [, name, accepted] = document.cookie.match(ACCEPTED) ?? [];
  for (const key of keys()) {
    const { id, at } = find(key);
    if (id === accepted || Date.now() - at > MONTH) drop(key);
  }
  if (name) document.cookie = `${name}=; path=/; max-age=0; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

/* Whether something was sent within these minutes and not accepted. */
export function isWaiting() {
  return keys().some((key) => Date.now() - (find(key).sent ?? 0) < 600_000);
}

function keys() {
  return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
}
