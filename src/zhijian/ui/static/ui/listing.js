/* Comfort for lists: filters apply themselves, one box chooses all rows, the result is announced. All of it works without. */

const TYPING_PAUSE = 450;
const CHOOSING_PAUSE = 200;
let waiting = 0;

const submitSoon = (form, pause) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(), pause);
};

const filterForm = (element) => (element.form?.id?.startsWith("filters-") ? element.form : null);

document.addEventListener("change", (event) => {
  const element = event.target;
  if (element.matches("[data-select-all]")) {
    for (const box of document.querySelectorAll(`input[name="chosen"][form="${element.dataset.selectAll}"]`)) {
      box.checked = element.checked;
    }
  }
  if (element.matches("[data-select-all], input[name='chosen']")) countChosen(element.closest(".results"));
  const form = filterForm(element);
  if (form && element.name !== "cols" && element.type !== "search") submitSoon(form, CHOOSING_PAUSE);
});

document.addEventListener("input", (event) => {
  const form = filterForm(event.target);
  if (form && event.target.type === "search" && !event.isComposing) submitSoon(form, TYPING_PAUSE);
});

document.addEventListener("compositionend", (event) => {
  const form = filterForm(event.target);
  if (form) submitSoon(form, TYPING_PAUSE);
});

const countChosen = (results) => {
  const boxes = [...results.querySelectorAll("input[name='chosen']")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = results.querySelector("[data-select-all]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
  results.querySelector("[data-chosen]").textContent = chosen ? `已选 ${chosen} 项` : "勾选后可以批量处理";
};

const prepare = (root) => {
  for (const box of root.querySelectorAll("[data-select-all]")) box.parentElement.hidden = false;
};

/* Date fields, tick boxes of a filter and the words of its button outlive the swap, for they stand outside the results. */
const describeChoices = (form) => {
  for (const menu of form.querySelectorAll("details.menu")) {
    const number = menu.querySelectorAll("input:checked").length;
    const words = menu.querySelector("summary").firstChild;
    words.textContent = number ? `已选 ${number} 项` : "全部";
  }
};

document.addEventListener("htmx:afterSettle", (event) => {
  const results = event.target.closest?.(".results") ?? document.querySelector(".results");
  if (!results) return;
  prepare(results);
  const listing = results.closest("[data-listing]");
  const status = listing?.querySelector("[data-listing-status]");
  if (status) status.textContent = results.querySelector("[data-listing-count]")?.textContent ?? "";
  const form = listing?.querySelector("form[id^='filters-']");
  if (form) describeChoices(form);
});

prepare(document);
