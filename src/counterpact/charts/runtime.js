/* Draws the charts of a page: shapes that ECharts lacks, the world map, light and dark. No network, no state. */
(function () {
  "use strict";
  var css = function (name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); };
  var ink = {};

  function readInk() {
    ink = { text: css("--ink"), soft: css("--ink-soft"), line: css("--line"), ground: css("--ground"), land: css("--land"), border: css("--border") };
  }

  /* ---- shapes: each gets (params, api) of a custom series; data items carry their words in `show` ---- */
  function shown(params, api, option) { return option.series[params.seriesIndex].data[params.dataIndex]; }

  function fit(text, width, size) {
    var room = Math.floor(width / (size * 0.5));
    return text.length <= room ? text : text.slice(0, Math.max(1, room - 1)).trimEnd() + "…";
  }

  function mark(shape, x, y, colour) {
    if (shape === "dot") return { type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill: ink.ground, stroke: colour, lineWidth: 2 } };
    if (shape === "diamond") return { type: "polygon", shape: { points: [[x, y - 6], [x + 6, y], [x, y + 6], [x - 6, y]] }, style: { fill: colour, stroke: ink.ground, lineWidth: 1.5 } };
    return { type: "line", shape: { x1: x, x2: x, y1: y - 8, y2: y + 8 }, style: { stroke: ink.text, lineWidth: 2 } };
  }

  function bar(x0, x1, y, height, item, colour) {
    var point = Math.abs(x1 - x0) < 1.5, children = [];
    if (point) {
      children.push(Object.assign(mark("diamond", x0, y, colour), item.hollow ? { style: { fill: ink.ground, stroke: colour, lineWidth: 2 } } : {}));
    } else {
      children.push({
        type: "rect",
        shape: { x: Math.min(x0, x1), y: y - height / 2, width: Math.abs(x1 - x0), height: height, r: 2 },
        style: item.hollow ? { fill: "transparent", stroke: colour, lineWidth: 1.6, lineDash: [5, 3] } : { fill: colour }
      });
    }
    if (item.open) children.push({ type: "polygon", shape: { points: [[x1, y - height], [x1 + 10, y], [x1, y + height]] }, style: { fill: item.hollow ? ink.ground : colour, stroke: colour } });
    return children;
  }

  function interval(option) {
    return function (params, api) {
      var at = shown(params, api, option), item = at.show, colour = at.itemStyle.color;
      var a = api.coord([api.value(1), api.value(0)]), b = api.coord([api.value(2), api.value(0)]);
      var area = params.coordSys, y = a[1] + 10, size = 13, label = a[1] - 9;
      var wordsWidth = Math.min(item.text.length * size * 0.56, area.width * 0.55);
      var children = [
        { type: "text", style: { text: fit(item.label, area.width - wordsWidth - 12, size), x: area.x, y: label, fill: ink.text, font: size + "px system-ui, sans-serif", textVerticalAlign: "middle" } },
        { type: "text", style: { text: fit(item.text, wordsWidth + 8, size), x: area.x + area.width, y: label, fill: ink.soft, font: size + "px system-ui, sans-serif", textAlign: "right", textVerticalAlign: "middle" } }
      ];
      if (!item.none) children = children.concat(bar(a[0], b[0], y, 12, item, colour));
      Object.keys(item.marks || {}).forEach(function (shape) {
        children.push(mark(shape, api.coord([item.marks[shape], api.value(0)])[0], y, colour));
      });
      var limit = (option.series[params.seriesIndex].itemPayload || {}).limit;
      if (limit !== null && limit !== undefined) {
        var x = api.coord([limit, api.value(0)])[0];
        children.push({ type: "line", shape: { x1: x, x2: x, y1: y - 12, y2: y + 12 }, style: { stroke: ink.text, lineWidth: 1.5, lineDash: [4, 3] } });
      }
      return { type: "group", children: children };
    };
  }

  function pair(option) { /* two bars a row: today above, under the package below; their words over them */
    return function (params, api) {
      var at = shown(params, api, option), item = at.show, row = api.value(0), area = params.coordSys;
      var x = function (v) { return api.coord([v, row])[0]; }, y = api.coord([0, row])[1] - 34;
      var line = function (text, font, fill) {
        y += 17;
        return { type: "text", style: { text: fit(text, area.width, 13), x: area.x, y: y - 9, fill: fill, font: font, textVerticalAlign: "middle" } };
      };
      var children = [line(item.label, "600 13px system-ui, sans-serif", ink.text)];
      var words = item.bars.map(function (one) { return one.text; });
      var joined = words.join("; ");
      (joined.length * 6.6 < area.width ? [joined] : words).forEach(function (text) {
        children.push(line(text, "13px system-ui, sans-serif", ink.soft));
      });
      item.bars.forEach(function (one) {
        y += 13;
        children = children.concat(bar(x(one.low), x(one.high), y - 5, 9, one, one.colour));
        if (one.mark !== null) children.push(mark("tick", x(one.mark), y - 5, one.colour));
      });
      return { type: "group", children: children };
    };
  }

  function span(option) { /* an interval of values over an interval of time */
    return function (params, api) {
      var at = shown(params, api, option), item = at.show, colour = at.itemStyle.color;
      var a = api.coord([api.value(0), api.value(2)]), b = api.coord([api.value(1), api.value(3)]);
      var width = Math.max(b[0] - a[0], 5), x = a[0], top = b[1], height = a[1] - b[1], children = [];
      if (height < 2.5) {
        children.push({ type: "rect", shape: { x: x, y: top - 2.5, width: width, height: 5, r: 2 }, style: item.hollow ? { fill: ink.ground, stroke: colour, lineWidth: 1.5 } : { fill: colour } });
      } else {
        children.push({ type: "rect", shape: { x: x, y: top, width: width, height: height, r: 2 }, style: item.hollow ? { fill: "transparent", stroke: colour, lineWidth: 1.6, lineDash: [5, 3] } : { fill: colour, opacity: 0.55, stroke: colour, lineWidth: 1.6 } });
      }
      if (item.open) children.push({ type: "polygon", shape: { points: [[x + width / 2 - 6, a[1] - 3], [x + width / 2, a[1] - 13], [x + width / 2 + 6, a[1] - 3]] }, style: { fill: item.hollow ? ink.ground : colour, stroke: colour } });
      return { type: "group", children: children };
    };
  }

  function cell(option) { /* a square per category and series: filled = covered */
    return function (params, api) {
      var at = shown(params, api, option), item = at.show, colour = at.itemStyle.color;
      var p = api.coord([api.value(1), api.value(0)]), r = 8;
      var children = [{ type: "rect", shape: { x: p[0] - r, y: p[1] - r, width: 2 * r, height: 2 * r, r: 3 }, style: item.on && !item.hollow ? { fill: colour, stroke: colour, lineWidth: 1.5 } : { fill: "transparent", stroke: item.on ? colour : ink.line, lineWidth: 1.5, lineDash: item.on ? [4, 3] : null } }];
      if (item.on) children.push({ type: "polyline", shape: { points: [[p[0] - 4, p[1]], [p[0] - 1, p[1] + 4], [p[0] + 5, p[1] - 4]] }, style: { stroke: item.hollow ? colour : ink.ground, lineWidth: 2, fill: "none" } });
      return { type: "group", children: children };
    };
  }

  var shapes = { interval: interval, pair: pair, span: span, cell: cell };

  /* ---- the world ---- */
  function world() {
    var holder = document.getElementById("counterpact-world");
    if (!holder) return;
    var data = JSON.parse(holder.textContent);
    var ring = function (steps) {
      var points = [], x = 0, y = 0;
      for (var i = 0; i < steps.length; i += 2) { x += steps[i]; y += steps[i + 1]; points.push([x, y]); }
      return points;
    };
    echarts.registerMap("counterpact-world", {
      type: "FeatureCollection",
      features: data.shapes.map(function (shape) {
        return { type: "Feature", properties: { name: shape.name, a3: shape.a3 }, geometry: { type: "MultiPolygon", coordinates: shape.polygons.map(function (rings) { return rings.map(ring); }) } };
      })
    });
  }

  /* ---- a page's colours as a theme ---- */
  function theme() {
    var text = { color: ink.text, fontFamily: "system-ui, sans-serif" };
    var axisTheme = { axisLine: { lineStyle: { color: ink.soft } }, axisTick: { lineStyle: { color: ink.soft } }, axisLabel: { color: ink.soft, fontSize: 12 }, nameTextStyle: { color: ink.soft, fontSize: 12 }, splitLine: { lineStyle: { color: ink.line } } };
    return {
      textStyle: text,
      valueAxis: axisTheme, logAxis: axisTheme, timeAxis: axisTheme,
      categoryAxis: Object.assign({}, axisTheme, { splitLine: { show: false } }),
      tooltip: { backgroundColor: ink.ground, borderColor: ink.soft, textStyle: { color: ink.text, fontSize: 13 }, extraCssText: "max-width:19rem;white-space:normal;" },
      geo: { itemStyle: { areaColor: ink.land, borderColor: ink.border, borderWidth: 0.6 } }
    };
  }

  function labelled(option) { /* labels drawn over lines need the page's own ink and ground */
    (option.series || []).forEach(function (series) {
      if (series.label && series.label.show && !series.label.color)
        Object.assign(series.label, { color: ink.text, textBorderColor: ink.ground, textBorderWidth: 3 });
    });
    return option;
  }

  function draw(holder) {
    var old = echarts.getInstanceByDom(holder);
    if (old) old.dispose();
    var option = JSON.parse(document.getElementById(holder.dataset.option).textContent);
    (option.series || []).forEach(function (series) {
      if (series.type === "custom") series.renderItem = shapes[series.renderItem](option);
    });
    var chart = echarts.init(holder, theme(), { renderer: "svg" });
    chart.setOption(labelled(option));
    holder.dataset.drawn = "yes";
  }

  function all() { document.querySelectorAll(".drawing").forEach(function (h) { if (h.clientWidth) draw(h); }); }

  function start() {
    readInk();
    world();
    var seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) { if (entry.isIntersecting && !entry.target.dataset.drawn && entry.target.clientWidth) draw(entry.target); });
    }, { rootMargin: "600px" });
    document.querySelectorAll(".drawing").forEach(function (holder) { seen.observe(holder); });
    var waiting = 0;
    window.addEventListener("resize", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        document.querySelectorAll(".drawing[data-drawn]").forEach(function (holder) {
          var chart = echarts.getInstanceByDom(holder);
          if (chart && holder.clientWidth) chart.resize();
        });
      }, 120);
    });
    window.addEventListener("beforeprint", function () { document.querySelectorAll(".drawing:not([data-drawn])").forEach(draw); });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () { readInk(); all(); });
    document.documentElement.dataset.charts = "ready";
  }

  window.counterpactCharts = { drawAll: all, start: start };
  start();
})();
