/* What has been typed and chosen in the fields of a part of the page, by name; never passwords and files. */
const TYPED = "textarea, select:not([multiple]), input[name]:not([type=hidden], [type=password], [type=file], [type=submit])";
const CHOICE = "[type=radio], [type=checkbox]";

export function typed(part) {
  const values = {};
  for (const field of part.querySelectorAll(TYPED)) {
    const isOff = field.matches(CHOICE) && !field.checked;
    (values[field.name] ??= []).push(...(isOff ? [] : [field.value]));
  }
  return values;
}

export function fill(part, values) {
  const taken = {};
  for (const field of part.querySelectorAll(TYPED)) {
    const wanted = values[field.name];
    if (!wanted) continue;
    if (field.matches(CHOICE)) field.checked = wanted.includes(field.value);
    else field.value = wanted[(taken[field.name] = (taken[field.name] ?? -1) + 1)] ?? "";
  }
}

export function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
