/*
 * The page's one socket. A <live-stream> hands in its topic; this module asks for what followed, applies it once and in order,
 * and comes back by itself. Without a socket it asks over HTTP now and then: slower, never wrong.
 */
import { phrase } from "phrases";

const POLL = 15_000;
const LONGEST_PAUSE = 30_000;
const topics = new Map();
let socket, pause = 1_000, poll, isPolling = false;

function address() {
  const { port, path } = JSON.parse(document.getElementById("live")?.textContent ?? '{"path":"/live/"}');
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.hostname}${port ? `:${port}` : location.port ? `:${location.port}` : ""}${path}`;
}

export function listen(topic) {
  topics.set(topic.stream, topic);
  if (socket?.readyState === WebSocket.OPEN) ask([topic]);
  else if (!socket) connect();
}

export function typing(stream) {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ typing: topics.get(stream).token }));
}

function connect() {
  socket = new WebSocket(address());
  socket.addEventListener("open", () => {
    pause = 1_000;
    say(true);
    ask([...topics.values()]);
  });
  socket.addEventListener("message", (event) => take(JSON.parse(event.data)));
  socket.addEventListener("close", (event) => retry(event.code));
}

function ask(wanted) {
  const language = document.documentElement.lang.startsWith("zh") ? "zh-hans" : "en";
  socket.send(JSON.stringify({ listen: wanted.map((topic) => [topic.token, topic.seq]), language }));
}

function retry(code) {
  say(false);
  if (code === 4401) return location.reload();
  if (code === 4409) return;
  setTimeout(connect, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

/* The first try may fail while the page is young; only a lasting silence is worth a word. */
function say(isLive) {
  clearInterval(poll);
  isPolling = !isLive;
  if (isPolling) poll = setInterval(askOverHttp, POLL);
  document.documentElement.toggleAttribute("data-live", isLive);
  const note = document.getElementById("live-note");
  if (note) note.textContent = isLive ? "" : phrase("live_off");
}

async function askOverHttp() {
  for (const topic of topics.values()) {
    const query = new URLSearchParams({ topic: topic.token, seq: topic.seq });
    const response = await fetch(`/live/since/?${query}`).catch(() => null);
    if (!response?.ok) continue;
    const { messages, reload } = await response.json();
    if (reload) topic.reload();
    messages.forEach(take);
  }
}

function take(message) {
  const topic = topics.get(message.stream ?? message.reload ?? message.present ?? message.typing);
  if (!topic) return;
  if (message.reload) topic.reload();
  else if (message.seq && message.seq > topic.seq) {
    topic.seq = message.seq;
    topic.apply(message);
  } else if (message.present) topic.present(message.count);
  else if (message.typing) topic.typing(message.name);
}

addEventListener("online", () => { if (socket?.readyState === WebSocket.CLOSED) { pause = 1_000; connect(); } });
