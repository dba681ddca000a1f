/* A button with data-copy="id" copies the text of that element and says so. It stays hidden where copying is impossible. */

const copyText = async (button) => {
  const status = button.parentElement.querySelector("[data-copy-status]");
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    status.textContent = "已复制";
  } catch {
    status.textContent = "没有复制上，请选中文字后手动复制";
  }
};

const reveal = (root) => {
  for (const button of root.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
};

if (navigator.clipboard) {
  reveal(document);
  document.addEventListener("htmx:load", (event) => reveal(event.target));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copyText(button);
});
