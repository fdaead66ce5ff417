/*
 * Keeps one page for times without a network, with its style sheets, and shows it when a page cannot be fetched. Nothing else
 * is kept: what a member sees is theirs and changes. Its address names language and appearance, so that another choice is
 * another worker, which fetches the page anew.
 */
const SHELF = "offline";
const PAGE = "/offline/";

async function stock() {
  const page = await fetch(PAGE + self.location.search, { cache: "reload" });
  if (!page.ok) throw new Error(`the page for times without a network answered ${page.status}`);
  const sheets = [...(await page.clone().text()).matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, address]) => address);
  const shelf = await caches.open(SHELF);
  await Promise.all((await shelf.keys()).map((old) => shelf.delete(old)));
  await shelf.addAll(sheets);
  await shelf.put(PAGE, page);
}

async function kept(address) {
  const found = await (await caches.open(SHELF)).match(address, { ignoreVary: true });
  return found ?? Response.error();
}

self.addEventListener("install", (event) => event.waitUntil(stock().then(() => self.skipWaiting())));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (request.destination === "style") event.respondWith(fetch(request).catch(() => kept(request.url)));
});
