import {expected} from '../core/checks';
import type {Figure, PlotlyObject} from './figure';
import {type Cloud, type CloudsOptions, pointClouds} from './points';
import {colours} from './theme';

/** One of several planes side by side. */
export interface PointPanel {
  /** Above the panel. */
  readonly name: string;
  readonly clouds: readonly Cloud[];
}

/**
 * Point clouds in panels side by side, with the same axes, for instance what two trainings draw. Clouds of one name have one colour and
 * one line in the legend.
 *
 * @throws UserError without a panel.
 */
export function pointPanels(
  panels: readonly PointPanel[],
  options: Omit<CloudsOptions, 'field' | 'extent'> & {readonly extent: number},
): Figure {
  if (panels.length === 0) throw expected('panels', 'a non-empty list', []);
  const gap = 0.06;
  const width = (1 - gap * (panels.length - 1)) / panels.length;
  const sized = {widthPx: 60 + 330 * panels.length, heightPx: 400, ...options};
  const seen = new Set<string>();
  const data: PlotlyObject[] = [];
  const axes: Record<string, PlotlyObject> = {};
  const {layout} = pointClouds(panels[0]!.clouds, sized);
  panels.forEach(({clouds}, i) => {
    const suffix = i === 0 ? '' : String(i + 1);
    for (const trace of pointClouds(clouds, sized).data) {
      const name = String(trace['name']);
      data.push({...trace, xaxis: `x${suffix}`, yaxis: `y${suffix}`, legendgroup: name, showlegend: !seen.has(name)});
      seen.add(name);
    }
    const left = i * (width + gap);
    const horizontal = {domain: [left, left + width], anchor: `y${suffix}`};
    axes[`xaxis${suffix}`] = {...(layout['xaxis'] as PlotlyObject), ...horizontal};
    const vertical = {scaleanchor: `x${suffix}`, anchor: `x${suffix}`, showticklabels: i === 0};
    axes[`yaxis${suffix}`] = {...(layout['yaxis'] as PlotlyObject), ...vertical};
  });
  const annotations = panels.map(({name}, i) => ({
    xref: 'paper',
    yref: 'paper',
    x: i * (width + gap) + width / 2,
    y: 1,
    xanchor: 'center',
    yanchor: 'bottom',
    text: name,
    showarrow: false,
    font: {size: 12, color: colours.ink},
  }));
  const legend = {...(layout['legend'] as PlotlyObject), y: -0.12, yanchor: 'top'};
  return {data, layout: {...layout, ...axes, annotations, legend}};
}
