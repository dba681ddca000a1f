// "Where am I": fills in the coordinates when the person asks for it. Without script the place is chosen from the list.

const box = document.querySelector("[data-place]");
const words = box?.querySelector("[data-place-words]");

function fill(position) {
  document.querySelector("[name=latitude]").value = position.coords.latitude.toFixed(5);
  document.querySelector("[name=longitude]").value = position.coords.longitude.toFixed(5);
  words.textContent = "已填好现在的位置。";
}

function tell() {
  words.textContent = "没有取到位置。请在下面选乡镇街道，写明地点。";
}

if (box && "geolocation" in navigator) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    words.textContent = "正在取位置……";
    navigator.geolocation.getCurrentPosition(fill, tell, { enableHighAccuracy: true, timeout: 15000 });
  });
}
