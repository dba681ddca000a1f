// What the office's language model would change: asked only when a person presses, marked as the model's, never counted.
import { PluginKey } from "./vendor/prosemirror.js";
import { Offline, element, post } from "./dom.js";
import { Findings } from "./findings.js";
import { codePoints } from "./positions.js";

export const opinionsKey = new PluginKey("opinions");

export class Opinions extends Findings {
  constructor({ place, version, ...rest }) {
    super({ ...rest, margin: null, own: opinionsKey });
    this.place = place;
    this.version = version;
    if (!place) return;
    this.button = element("button", { type: "button", class: "button", onclick: () => this.ask() }, "请模型看一遍");
    place.append(this.button, this.status, this.list);
    place.hidden = false;
  }

  changed() {}

  async ask() {
    if (this.asking) return;
    this.asking = true;
    this.button.setAttribute("aria-disabled", "true");
    this.status.textContent = `模型正在看，最多等 ${this.place.dataset.seconds} 秒。可以接着写。`;
    try {
      this.receive(await post(this.place.dataset.url, { ...this.current(), version: this.version() }, this.token));
    } catch (error) {
      this.put([]);
      this.status.textContent = error instanceof Offline ? "没有连上服务器，这次没有结果。您的文字没有变。" : error.message || "这次没有结果。您的文字没有变。";
    } finally {
      this.asking = false;
      this.button.removeAttribute("aria-disabled");
    }
  }

  /** Show what came back, but for words that were changed while the model was reading. */
  receive({ opinions = [], dropped = 0, source = "" }) {
    this.put(opinions);
    const standing = opinions.filter((finding) => this.wordsOf(finding) === finding.excerpt);
    const changed = opinions.length - standing.length;
    if (changed) this.put(standing);
    this.status.textContent = [
      standing.length ? `${source} 提出 ${standing.length} 处，请对照原意决定。` : `${source} 没有提出可用的意见。这不等于没有错。`,
      dropped ? `另有 ${dropped} 条对不上正文，没有采用。` : "", changed ? `有 ${changed} 处文字刚刚改过，没有列出。` : "",
    ].join("");
  }

  put(findings) {
    this.findings = findings;
    this.underline(findings);
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.findings.map((finding) => this.item(finding)));
  }

  item(finding) {
    const after = finding.suggestions[0];
    return element("li", { "data-finding": finding.id, class: "finding-item finding-item-hint" },
      element("button", { type: "button", class: "finding-show", onclick: () => this.show(finding) },
        element("span", { class: "finding-severity" }, element("span", { "aria-hidden": "true" }, "◇ "), "模型提出"),
        element("del", {}, finding.excerpt), after ? " → " : "", after ? element("ins", {}, after) : null),
      element("p", { class: "finding-message" }, finding.why),
      element("p", { class: "finding-suggestions" },
        element("button", { type: "button", class: "finding-apply", onclick: () => this.apply(finding, after) }, after ? `改为“${after}”` : "删去"),
        element("button", { type: "button", class: "finding-apply", onclick: () => this.leave(finding) }, "不理会")));
  }

  apply(finding, after) {
    if (this.wordsOf(finding) !== finding.excerpt) {
      this.leave(finding);
      this.status.textContent = "这处文字已经改过，没有替换。";
      return;
    }
    super.apply(finding, after);
    const grown = codePoints(after) - codePoints(finding.excerpt);
    for (const other of this.findings) {
      if (!finding.field || other.field !== finding.field || other.from < finding.to) continue;
      other.from += grown;
      other.to += grown;
    }
    this.count();
  }

  leave(finding) {
    const place = this.findings.indexOf(finding);
    this.findings = this.findings.filter((other) => other !== finding);
    this.underline({ dropped: finding.id });
    this.draw();
    this.count();
    (this.list.children[Math.min(place, this.findings.length - 1)]?.querySelector("button") ?? this.button).focus();
  }

  count() {
    this.status.textContent = this.findings.length ? `还有 ${this.findings.length} 处。` : "都看过了。";
  }
}
