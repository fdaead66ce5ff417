/* Names for what Django's forms leave without one: lists with a search in them, and the cells of a table of rows. */
const named = (select) => {
  const label = document.querySelector(`label[for="${select.id}"]`), box = select.parentElement.querySelector(".select2");
  if (!label || !box) return false;
  label.id ||= `label-${select.id}`;
  box.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox], [role=listbox]").forEach((one) => {
    const own = one.getAttribute("role") === "combobox" ? one.getAttribute("aria-labelledby") : "";
    one.setAttribute("aria-labelledby", `${label.id} ${own ?? ""}`.trim());
  });
  return true;
};
const ofList = (select) => {
  // Its box is drawn by another script, now or a little later.
  if (!named(select)) new MutationObserver((_, watch) => { if (named(select)) watch.disconnect(); }).observe(select.parentElement, { childList: true });
};
const ofCell = (control) => {
  const cell = control.closest("td"), head = cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
  if (head && !control.labels?.length && !control.hasAttribute("aria-label")) control.setAttribute("aria-label", head.textContent.trim());
};

document.querySelectorAll("select.admin-autocomplete").forEach(ofList);
document.querySelectorAll(":is(.tabular, #result_list) td :is(input:not([type=hidden]), select, textarea)").forEach(ofCell);
/* A head without words heads nothing. */
document.querySelectorAll(".tabular thead th").forEach((head) => {
  if (!head.textContent.trim()) head.replaceWith(Object.assign(document.createElement("td"), { className: head.className }));
});
