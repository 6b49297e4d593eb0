// Bundles the viewer into the Python package, or with --tests its unit tests into .tests/.
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const target = ["chrome110", "firefox115", "safari16"];
const tests = process.argv.includes("--tests");

if (tests) {
  const entryPoints = readdirSync("tests")
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `tests/${name}`);
  await build({ entryPoints, bundle: true, platform: "node", format: "esm", outdir: ".tests" });
} else {
  // A classic script in one piece: a page opened from a disk may load no module.
  await build({
    entryPoints: { viewer: "src/main.ts", "viewer-style": "src/style.css" },
    bundle: true,
    minify: true,
    format: "iife",
    charset: "utf8",
    legalComments: "none",
    target,
    outdir: "../inksight_cli/webpage",
  });
}
