/* A form with data-unsaved asks before its page is left with words nobody has sent. "1": a check has sent words back. */

let isUnsaved = document.querySelector("form[data-unsaved='1']") !== null;

document.addEventListener("input", (event) => {
  if (event.target.closest("form[data-unsaved]")) isUnsaved = true;
});

document.addEventListener("submit", () => {
  isUnsaved = false;
});

window.addEventListener("beforeunload", (event) => {
  if (isUnsaved) event.preventDefault();
});
