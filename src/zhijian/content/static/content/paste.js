// Keeps the HTML of what is pasted, so that headings, lists and tables survive the way through a plain text field.
const area = document.querySelector("[data-paste-text]");
const kept = document.querySelector("[data-paste-html]");

if (area && kept) {
  let pasted = "";
  area.addEventListener("paste", (event) => {
    const html = event.clipboardData?.getData("text/html") ?? "";
    kept.value = area.value ? "" : html;
    requestAnimationFrame(() => { pasted = area.value; });
  });
  area.addEventListener("input", (event) => {
    // Typed or pasted on: the words in the field are now the truth, the formatted copy would lose them.
    if (event.inputType !== "insertFromPaste" && area.value !== pasted) kept.value = "";
  });
}
