/* The words that scripts say, from the page's data block, so that they are translated where all others are. */
const phrases = JSON.parse(document.getElementById("phrases")?.textContent ?? "{}");

export function phrase(key, values = {}) {
  return (phrases[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}
