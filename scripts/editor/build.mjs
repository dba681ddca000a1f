// Bundles ProseMirror into one ES module and writes beside it what is inside: versions, licences, checksum.
// Run: npm install && node build.mjs   (in this folder; the result is committed, node_modules is not)
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "../../src/zhijian/content/static/content/vendor");
const output = join(target, "prosemirror.js");

const result = await build({
  entryPoints: [join(here, "entry.mjs")],
  outfile: output,
  bundle: true,
  format: "esm",
  minify: true,
  target: ["es2020"],
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  absWorkingDir: here,
});

const packages = [...new Set(
  Object.keys(result.metafile.inputs)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean),
)].sort();
const listed = packages.map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { name, version, license, text: readFileSync(join(folder, "LICENSE"), "utf8").trim() };
});
writeFileSync(
  join(target, "prosemirror.json"),
  `${JSON.stringify({
    file: "prosemirror.js",
    sha256: createHash("sha256").update(readFileSync(output)).digest("hex"),
    packages: listed.map(({ name, version, license }) => ({ name, version, license })),
  }, null, 2)}\n`,
);
writeFileSync(
  join(target, "LICENSE.prosemirror.txt"),
  `${listed.map(({ name, version, text }) => `${name} ${version}\n\n${text}`).join("\n\n----\n\n")}\n`,
);
console.log(`${output}: ${listed.length} packages`);
