// The parts of Apache ECharts that the charts of Counterpact use, and nothing else. SVG only.
import { use } from "echarts/core";
import { CustomChart, LineChart, LinesChart, ScatterChart } from "echarts/charts";
import { GeoComponent, GridComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

use([
  CustomChart, LineChart, LinesChart, ScatterChart, GeoComponent, GridComponent, TooltipComponent, LabelLayout, SVGRenderer,
]);

export { getInstanceByDom, init, registerCustomSeries, registerMap, registerTheme, version } from "echarts/core";
