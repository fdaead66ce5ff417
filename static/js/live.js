/*
 * The page's one socket. A <live-stream> hands in its topic; this module asks for what followed, applies it once and in order,
 * and comes back by itself. Without a socket it asks over HTTP now and then: slower, never wrong.
 */
import { phrase } from "phrases";

const POLL = 15_000;
const PATIENCE = 5_000;
const LONGEST_PAUSE = 30_000;
const [LOGGED_OUT, IDLE, TOO_MANY] = [4401, 4408, 4409];
const FOLLOWS = 30_000;
const STAYED = 5_000;
const held = [];
const topics = new Map();
let socket, pause = 1_000, poll, isBesideTheLimit = false, isLeaving = false;

function address() {
  const { port, path } = JSON.parse(document.getElementById("live")?.textContent ?? '{"path":"/live/"}');
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.hostname}${port ? `:${port}` : location.port ? `:${location.port}` : ""}${path}`;
}

export function listen(topic) {
  if (topic.isCarried) topic.seq = Math.min(topic.seq, carried(topic.stream));
  topics.set(topic.stream, topic);
  if (socket?.readyState === WebSocket.OPEN) ask([topic]);
  else if (!socket) connect();
}

/* A page that follows another within a moment goes on where that one stopped: a note that came in between is still shown. */
function carried(stream) {
  const kept = JSON.parse(sessionStorage.getItem(`live:${stream}`) ?? "null");
  return kept && Date.now() - kept.at < FOLLOWS ? kept.seq : Infinity;
}

addEventListener("pagehide", () => {
  for (const { isCarried, stream, seq } of topics.values()) {
    if (isCarried) sessionStorage.setItem(`live:${stream}`, JSON.stringify({ seq, at: Date.now() }));
  }
});

/* Whoever is leaving would not see it: what the next page goes on with waits for it, or for whoever stays after all. */
addEventListener("beforeunload", () => {
  isLeaving = true;
  setTimeout(stay, STAYED);
});

function stay() {
  isLeaving = false;
  held.splice(0).forEach(take);
}

export function typing(stream) {
  const topic = topics.get(stream);
  if (topic && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ typing: topic.token }));
}

function connect() {
  isBesideTheLimit = false;
  let isOver = false;
  const mine = socket = new WebSocket(address());
  /* A door behind which nobody answers stays silent for minutes. */
  setTimeout(() => mine.readyState === WebSocket.CONNECTING && say(false), PATIENCE);
  mine.addEventListener("open", () => {
    pause = 1_000;
    say(true);
    ask([...topics.values()]);
  });
  mine.addEventListener("message", (event) => take(JSON.parse(event.data)));
  /* A connection that the browser itself refuses has an error and never a close; others have both. */
  const end = ({ code }) => {
    if (!isOver) goOn(code);
    isOver = true;
  };
  mine.addEventListener("close", end);
  mine.addEventListener("error", end);
}

function ask(wanted) {
  const language = document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en";
  socket.send(JSON.stringify({ listen: wanted.map((topic) => [topic.token, topic.seq]), language }));
}

/* A member has five sockets; the page that was opened first gives way and asks over HTTP until somebody looks at it again. */
function goOn(code) {
  say(false);
  if (code === LOGGED_OUT) return location.reload();
  isBesideTheLimit = code === TOO_MANY;
  if (isBesideTheLimit || (code === IDLE && !topics.size)) return;
  setTimeout(connect, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function say(isLive) {
  clearInterval(poll);
  if (!isLive) poll = setInterval(askOverHttp, POLL);
  document.documentElement.toggleAttribute("data-live", isLive);
  const note = document.getElementById("live-note");
  if (note) note.textContent = isLive ? "" : phrase("live_off");
}

async function askOverHttp() {
  for (const topic of topics.values()) {
    const query = new URLSearchParams({ topic: topic.token, seq: topic.seq });
    const response = await fetch(`/live/since/?${query}`).catch(() => null);
    if (response?.status === 404) topics.delete(topic.stream);
    if (!response?.ok) continue;
    const { messages, reload } = await response.json();
    if (reload) take({ reload: topic.stream });
    messages.forEach(take);
  }
}

function take(message) {
  const topic = topics.get(message.stream ?? message.reload ?? message.present ?? message.typing ?? message.closed ?? named(message.refused));
  if (!topic) return;
  if (message.reload) askToReload(topic);
  else if (message.closed || message.refused) topics.delete(topic.stream);
  else if (message.seq && isLeaving && topic.isCarried) held.push(message);
  else if (message.seq && message.seq > topic.seq) {
    topic.seq = message.seq;
    topic.apply(message);
  } else if (message.present) topic.present(message.count);
  else if (message.typing) topic.typing(message.name);
}

function named(token) {
  return token && [...topics.values()].find((topic) => topic.token === token)?.stream;
}

/* Said once: whoever is writing something wants to finish it first. */
function askToReload(topic) {
  if (!topic.isBehind) topic.reload();
  topic.isBehind = true;
}

function comeBack() {
  if (socket?.readyState !== WebSocket.CLOSED) return;
  pause = 1_000;
  connect();
}

addEventListener("online", comeBack);
addEventListener("pageshow", (event) => { if (event.persisted) { stay(); comeBack(); } });
document.addEventListener("visibilitychange", () => { if (!document.hidden && isBesideTheLimit) comeBack(); });
