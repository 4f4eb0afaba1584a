// The parts of Apache ECharts that the charts of Counterpact use, and nothing else. SVG only.
import { use } from "echarts/core";
import { CustomChart, GraphChart, LineChart, LinesChart, ScatterChart } from "echarts/charts";
import { GeoComponent, GridComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([CustomChart, GraphChart, LineChart, LinesChart, ScatterChart, GeoComponent, GridComponent, TooltipComponent, SVGRenderer]);

export { getInstanceByDom, init, registerCustomSeries, registerMap, registerTheme, version } from "echarts/core";
