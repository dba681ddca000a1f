/* Results while a person types. Without this the form still finds: it is sent by its button. */

const PAUSE = 300;

for (const form of document.querySelectorAll("form[data-live]")) {
  const place = document.getElementById(form.dataset.live);
  let waiting = 0;
  let asking = null;

  const look = async () => {
    const query = new URLSearchParams(new FormData(form));
    const address = `${form.action}?${query}`;
    query.set("part", "1");
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.action}?${query}`, { signal: asking.signal });
      if (!answer.ok) return;
      place.innerHTML = await answer.text();
      history.replaceState(null, "", address);
    } catch (fault) {
      if (fault.name !== "AbortError") form.submit();
    }
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  };

  form.addEventListener("input", (event) => {
    if (!event.isComposing) soon();
  });
  form.addEventListener("compositionend", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    look();
  });
}
