// No lost work: unsaved text goes to this machine at once and to the server after a pause.
import { Offline, element, post } from "./dom.js";

const PAUSE = 2000;
const RETRY = 15000;

function stored(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
}

export class Saving {
  constructor({ url, token, name, version, current, status, offer, form, restore }) {
    Object.assign(this, { url, token, name: name ? `zhijian-draft:${name}` : "", version, current, status, offer, form, restore });
    this.dirty = false;
    this.stopped = !url;
    this.saved = JSON.stringify(current());
    this.say("已保存");
    this.offerStored();
    addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    addEventListener("online", () => this.dirty && this.save());
    form?.addEventListener("submit", () => {
      this.dirty = false;
      this.stopped = true;
      clearTimeout(this.timer);
    });
  }

  say(words, detail = "") {
    if (!this.status) return;
    this.status.dataset.state = words;
    this.status.textContent = detail ? `${words}：${detail}` : words;
  }

  changed() {
    const now = JSON.stringify(this.current());
    if (now === this.saved) return;
    this.dirty = true;
    this.keep(now);
    if (this.stopped) return;
    if (this.status?.dataset.state !== "离线") this.say("未保存");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  keep(now) {
    if (!this.name) return;
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: new Date().toISOString(), version: this.version, content: JSON.parse(now) }));
    } catch {
      // A full or forbidden store only means that the copy on this machine is missing; the server copy is still tried.
      this.say("未保存", "本机不能暂存，请尽快保存");
    }
  }

  async save() {
    if (this.stopped || this.saving) return;
    clearTimeout(this.timer);
    this.saving = true;
    const sent = this.current();
    const spelled = JSON.stringify(sent);
    try {
      const answer = await post(this.url, { ...sent, version: this.version }, this.token);
      this.version = answer.version ?? this.version;
      this.saved = spelled;
      this.dirty = JSON.stringify(this.current()) !== spelled;
      this.say(this.dirty ? "未保存" : "已保存", this.dirty ? "" : answer.saved_at ?? "");
      document.body.dispatchEvent(new CustomEvent("zhijian-saved"));
      if (!this.dirty && this.name) localStorage.removeItem(this.name);
      if (this.dirty) this.timer = setTimeout(() => this.save(), PAUSE);
    } catch (error) {
      this.failed(error);
    } finally {
      this.saving = false;
    }
  }

  failed(error) {
    if (error instanceof Offline) {
      this.say("离线", "文字已暂存在本机，恢复连接后自动保存");
      this.timer = setTimeout(() => this.save(), RETRY);
      return;
    }
    // 400: this text cannot be saved as it is, the next one may. Everything else needs a person first.
    this.stopped = error.status !== 400;
    const standard = { 401: "请在新窗口重新登录，再回来保存", 403: "请在新窗口重新登录，再回来保存", 409: "这篇文字在别处改过，请复制您的改动后刷新页面" };
    this.say("未保存", error.message || standard[error.status] || "请复制文字后刷新页面");
  }

  offerStored() {
    const kept = this.name ? stored(this.name) : null;
    if (!kept?.content || JSON.stringify(kept.content) === this.saved) return;
    const clear = () => {
      this.offer?.replaceChildren();
      localStorage.removeItem(this.name);
    };
    const when = new Date(kept.at).toLocaleString("zh-CN");
    this.offer?.replaceChildren(element("div", { class: "editor-offer", role: "region", "aria-label": "本机暂存的文字" },
      element("p", {}, `本机有 ${when} 没有保存的文字。`),
      element("button", { type: "button", class: "editor-primary", onclick: () => { clear(); this.restore(kept.content); } }, "恢复这些文字"),
      element("button", { type: "button", onclick: clear }, "丢弃")));
  }
}

/** Tell the server every 20 s that this person edits, and show who else does. */
export function keepPresence({ url, token, place }) {
  if (!url || !place) return;
  place.setAttribute("role", "status");
  const beat = async () => {
    if (document.hidden) return;
    try {
      const { others = [] } = await post(url, {}, token);
      const words = others.length ? `${others.join("、")}正在编辑，请先商量，以免互相覆盖。` : "";
      if (place.textContent !== words) place.textContent = words;
    } catch {
      // Missing one beat changes nothing a person could act on; the saving state already tells when the line is down.
    }
  };
  beat();
  setInterval(beat, 20000);
}
