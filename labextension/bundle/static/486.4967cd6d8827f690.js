"use strict";(self.rspackChunkcellbook_labextension=self.rspackChunkcellbook_labextension||[]).push([[486],{54(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/*
 * The lab book beside the notebook. Colours, fonts and spaces are JupyterLab's own variables; what a
 * feature needs beyond that has a file of its own.
 */
.cellbook-lab {
  color: var(--jp-ui-font-color1);
  background: var(--jp-layout-color1);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1);
  line-height: 1.4;
}

.cellbook-lab .cb-sidebar {
  display: flex;
  flex-direction: column;
  height: 100%;
  min-width: 0;
  container: cb-sidebar / inline-size;
}

/* As narrow as JupyterLab's own; rows are laid out anew there (runs.css). */
#jp-left-stack > #cellbook-sidebar,
#jp-right-stack > #cellbook-sidebar {
  min-width: 250px;
}

.cellbook-lab .cb-head {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 8px;
  padding: 4px 12px 0;
  min-height: 28px;
}

.cellbook-lab .cb-head h2 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cellbook-lab .cb-recording {
  display: flex;
  align-items: center;
  gap: 6px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-dot {
  width: 8px;
  height: 8px;
  border-radius: 50%;
  background: var(--jp-brand-color1);
}

/* In several rows where one has no room for all: every tab can be read. */
.cellbook-lab .cb-tabs {
  display: flex;
  flex-wrap: wrap;
  padding: 0 4px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-tabs button {
  flex: 0 1 auto;
  min-width: 0;
  padding: 6px 8px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  border: 0;
  border-bottom: 2px solid transparent;
  background: none;
  color: var(--jp-ui-font-color2);
  font: inherit;
  cursor: pointer;
}

@container cb-sidebar (max-width: 310px) {
  .cellbook-lab .cb-sidebar > .cb-tabs button {
    padding: 6px 5px;
    font-size: var(--jp-ui-font-size0);
  }
}

.cellbook-lab .cb-tabs button:hover:enabled {
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-tabs button:disabled {
  color: var(--jp-ui-font-color3);
  cursor: default;
}

.cellbook-lab .cb-tabs button[aria-selected='true'] {
  border-bottom-color: var(--jp-brand-color1);
  color: var(--jp-ui-font-color0);
}

.cellbook-lab :focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.cellbook-lab .cb-tabpanel {
  flex: 1 1 0;
  min-height: 0;
  display: flex;
  flex-direction: column;
}

.cellbook-lab code {
  padding: 1px 4px;
  border-radius: 2px;
  background: var(--jp-layout-color2);
  color: inherit;
  font-family: var(--jp-code-font-family);
  font-size: 0.92em;
}

.cellbook-lab .cb-empty {
  padding: 24px 16px;
  color: var(--jp-ui-font-color2);
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-muted {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-trouble {
  margin: 8px;
  padding: 8px;
  border-left: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.cellbook-lab .cb-link {
  padding: 0 4px;
  border: 0;
  background: none;
  color: var(--jp-content-link-color, var(--jp-brand-color1));
  font: inherit;
  cursor: pointer;
}

.cellbook-lab .cb-link:hover {
  text-decoration: underline;
}

.cellbook-lab .cb-loading {
  height: 2px;
  flex: none;
  overflow: hidden;
}

.cellbook-lab .cb-loading.cb-mod-busy::after {
  content: '';
  display: block;
  width: 33%;
  height: 2px;
  background: var(--jp-brand-color2);
  animation: cb-pass 1.6s ease-in-out infinite;
}

@keyframes cb-pass {
  from {
    transform: translateX(-100%);
  }

  to {
    transform: translateX(300%);
  }
}

@media (prefers-reduced-motion: reduce) {
  .cellbook-lab .cb-loading.cb-mod-busy::after {
    width: 100%;
    animation: none;
  }
}

.cellbook-lab .cb-spark {
  display: block;
}

.cellbook-lab .cb-spark path,
.cellbook-lab .cb-swatch path {
  fill: none;
  stroke-width: 1.5;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.cellbook-lab .cb-swatch path {
  stroke-width: 2.5;
}
`,""]),l.d(e,{},{A:t})},63(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Dashboards: panels under one name, one or two beside one another. */
.cellbook-lab .cb-dashboard {
  height: 100%;
  box-sizing: border-box;
  padding: 8px 16px 24px;
  overflow: auto;
}

.cellbook-lab .cb-dashboard > .cb-line h2 {
  flex: 1 1 auto;
  margin: 0;
  font-size: var(--jp-ui-font-size3, 18px);
  font-weight: 600;
}

.cellbook-lab .cb-dashboard {
  container-type: inline-size;
}

.cellbook-lab .cb-board {
  display: grid;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: 16px;
  align-items: start;
  margin: 16px 0;
}

.cellbook-lab .cb-placed {
  grid-column: 1 / -1;
  min-width: 0;
  padding: 8px 16px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 4px;
}

.cellbook-lab .cb-placed .cb-compare {
  height: auto;
  padding: 0;
  overflow: visible;
}

.cellbook-lab .cb-titlefield,
.cellbook-lab .cb-textfield {
  height: 24px;
  border: 1px solid var(--jp-input-border-color);
  border-radius: 2px;
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
}

.cellbook-lab .cb-titlefield {
  flex: 1 1 auto;
  border-color: transparent;
  background: none;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
  text-overflow: ellipsis;
}

.cellbook-lab .cb-titlefield:hover:not(:read-only) {
  border-color: var(--jp-border-color1);
}

@container (min-width: 800px) {
  .cellbook-lab .cb-placed.cb-mod-half {
    grid-column: span 1;
  }
}

.cellbook-lab .cb-placed.cb-mod-aimed {
  outline: 2px solid var(--jp-brand-color1);
}

.cellbook-lab .cb-grip {
  padding: 0 4px;
  border: 0;
  background: none;
  color: var(--jp-ui-font-color3);
  font: inherit;
  cursor: grab;
}
`,""]),l.d(e,{},{A:t})},72(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Bubbles at cells, and the threads beside them. */
.jp-Notebook .cb-cell-bubble {
  position: absolute;
  top: calc(var(--jp-cell-padding) - 4px);
  right: -6px;
  z-index: 2;
  display: flex;
  align-items: center;
  gap: 3px;
  min-width: 0;
  height: 18px;
  padding: 0 6px;
  border: 1px solid var(--jp-border-color1);
  border-radius: 9px;
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-ui-font-family);
  font-size: 11px;
  font-variant-numeric: tabular-nums;
  line-height: 16px;
  cursor: pointer;
}

.jp-Notebook .cb-cell-bubble[hidden],
.cb-mod-noBubbles .cb-cell-bubble {
  display: none;
}

.jp-Notebook .cb-cell-bubble:hover {
  border-color: var(--jp-brand-color1);
  color: var(--jp-ui-font-color0);
}

.jp-Notebook .cb-cell-bubble.cb-mod-unread {
  border-color: var(--jp-brand-color1);
  background: var(--jp-brand-color1);
  color: var(--jp-ui-inverse-font-color1);
}

.jp-Notebook .cb-cell-bubble.cb-mod-resolved:not(.cb-mod-unread) {
  color: var(--jp-ui-font-color3);
}

.jp-Notebook .cb-cell-bubble:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 1px;
}

/* The cell's own buttons make room for it. */
.jp-Notebook .jp-Cell.cb-mod-commented .jp-cell-toolbar {
  right: 48px;
}

/* Where JupyterLab has the browser clip what stands out of a cell, that space is not clipped. */
.jp-content-visibility-mode > .jp-Cell.cb-mod-commented {
  overflow-clip-margin: 16px;
}

.jp-Notebook .jp-Cell.cb-mod-revealed {
  animation: cb-reveal 2s ease-out;
}

@keyframes cb-reveal {
  from {
    background: color-mix(in srgb, var(--jp-brand-color1) 24%, transparent);
  }
}

@media (prefers-reduced-motion: reduce) {
  .jp-Notebook .jp-Cell.cb-mod-revealed {
    outline: 2px solid var(--jp-brand-color1);
    animation: none;
  }
}

@media print {
  .jp-Notebook .cb-cell-bubble {
    display: none;
  }
}

.cb-popover {
  min-height: 120px;
}

.cb-popover .cb-popoverhead {
  position: sticky;
  top: 0;
  z-index: 1;
  display: flex;
  align-items: center;
  justify-content: space-between;
  padding: 8px 12px 4px;
  background: var(--jp-layout-color1);
}

.cb-popover h2 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cb-popover .cb-newthread {
  padding: 0 12px 12px;
}
`,""]),l.d(e,{},{A:t})},67(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Marks beside cells: in the space that notebooks leave at their left, 14 pixels wide. */
.jp-Notebook .cb-cell-mark {
  position: absolute;
  top: var(--jp-cell-padding);
  left: -9px;
  z-index: 1;
  width: 14px;
  min-width: 0;
  height: calc(
    var(--jp-code-font-size) * var(--jp-code-line-height) + 2 * var(--jp-code-padding)
  );
  padding: 0;
  border: 0;
  background: none;
  color: var(--jp-ui-font-color2);
  font-family: var(--jp-ui-font-family);
  font-size: 12px;
  line-height: 1;
  text-align: center;
  font-variant-emoji: text;
  cursor: pointer;
}

.cb-mod-noMarks .cb-cell-mark,
.jp-Notebook .cb-cell-mark[hidden] {
  display: none;
}

/* Where JupyterLab has the browser clip what stands out of a cell, that space is not clipped. */
.jp-content-visibility-mode > .jp-CodeCell {
  overflow-clip-margin: 16px;
}

.jp-Notebook .cb-cell-mark[data-kind='open'] {
  color: var(--jp-brand-color1);
}

.jp-Notebook .cb-cell-mark[data-kind='stale'] {
  color: var(--jp-warn-color0, var(--jp-warn-color1));
  font-size: 14px;
  font-weight: 600;
}

.jp-Notebook .cb-cell-mark[data-kind='failed'],
.jp-Notebook .cb-cell-mark[data-kind='killed'],
.jp-Notebook .cb-cell-mark[data-kind='interrupted'] {
  color: var(--jp-error-color1);
}

.jp-Notebook .cb-cell-mark[data-kind='history'] {
  opacity: 0;
  font-size: 20px;
}

.jp-Notebook .jp-Cell:hover > .cb-cell-mark[data-kind='history'] {
  opacity: 0.7;
}

.jp-Notebook .cb-cell-mark:hover,
.jp-Notebook .jp-Cell > .cb-cell-mark[data-kind='history']:hover,
.jp-Notebook .jp-Cell > .cb-cell-mark[data-kind='history']:focus-visible {
  color: var(--jp-ui-font-color0);
  opacity: 1;
}

.jp-Notebook .cb-cell-mark:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

@media print {
  .jp-Notebook .cb-cell-mark {
    display: none;
  }
}

.cellbook-lab.cb-cell-tip {
  position: fixed;
  z-index: 10001;
  max-width: min(480px, 90vw);
  padding: 4px 8px;
  border: 1px solid var(--jp-border-color2);
  box-shadow: var(--jp-elevation-z4);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
  pointer-events: none;
}

/* What is shown beside a cell. */
.cb-beside {
  position: fixed;
  z-index: 900;
  box-sizing: border-box;
  margin: 0;
  padding: 0;
  flex-direction: column;
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
  box-shadow: var(--jp-elevation-z16);
  overflow: hidden;
}

.cb-beside[open] {
  display: flex;
}

.cb-beside::backdrop {
  background: none;
}

.cb-beside .cb-beside-content {
  flex: 0 1 auto;
  min-height: 0;
  overflow-y: auto;
}

/* The history of a cell. */
.cb-history .cb-history-head {
  position: sticky;
  top: 0;
  z-index: 1;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  padding: 8px 16px 0;
  border-bottom: 1px solid var(--jp-border-color2);
  background: var(--jp-layout-color1);
}

.cb-history h2,
.cb-history h3 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cb-history .cb-history-close {
  width: 24px;
  height: 24px;
  color: var(--jp-ui-font-color2);
}

.cb-history .cb-history-head .cb-loading {
  flex: 1 0 100%;
}

.cb-history .cb-history-comparison {
  display: flex;
  flex: 1 0 100%;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 12px;
  margin: 0;
  padding: 4px 0;
  border: 0;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cb-history .cb-history-comparison legend {
  float: left;
  padding: 0;
}

.cb-history .cb-history-comparison label {
  display: flex;
  align-items: center;
  gap: 4px;
}

.cb-history .cb-history-comparison input {
  margin: 0;
}

.cb-history .cb-history-legend {
  margin-left: auto;
}

.cb-history .cb-versions {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cb-history .cb-version {
  padding: 12px 16px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cb-history .cb-version:last-child {
  border-bottom: 0;
}

.cb-history .cb-history-facts {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 4px 12px;
  font-weight: normal;
  font-variant-numeric: tabular-nums;
}

.cb-history .cb-history-state {
  font-weight: 600;
}

.cb-history .cb-history-state[data-state='error'],
.cb-history .cb-history-state[data-state='killed'],
.cb-history .cb-history-state[data-state='interrupted'] {
  color: var(--jp-error-color1);
}

.cb-history .cb-history-run {
  overflow-wrap: anywhere;
  unicode-bidi: isolate;
}

.cb-history .cb-history-times {
  margin-left: auto;
  color: var(--jp-ui-font-color2);
}

.cb-history .cb-history-executions {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px;
  padding-top: 8px;
  font-size: var(--jp-ui-font-size0);
}

.cb-history .cb-history-executions button {
  padding: 2px 8px;
  border: 1px solid var(--jp-border-color2);
  background: none;
  color: var(--jp-ui-font-color2);
  font: inherit;
  cursor: pointer;
}

.cb-history .cb-history-executions button[aria-pressed='true'] {
  border-color: var(--jp-brand-color1);
  color: var(--jp-ui-font-color0);
}

.cb-history .cb-history-muted {
  padding-left: 4px;
  color: var(--jp-ui-font-color2);
}

.cb-history .cb-history-note {
  margin: 4px 0 0;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  overflow-wrap: anywhere;
}

.cb-history .cb-beside-content > .cb-history-note {
  padding: 8px 16px 0;
}

.cb-history .cb-history-source {
  max-height: 240px;
  margin: 8px 0 0;
  padding: var(--jp-code-padding) 8px;
  border: 1px solid var(--jp-cell-editor-border-color);
  background: var(--jp-cell-editor-background);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
  overflow: auto;
  tab-size: 4;
}

.cb-history ins {
  background: color-mix(in srgb, #0072b2 20%, transparent);
  text-decoration: none;
}

.cb-history del {
  background: color-mix(in srgb, #e69f00 24%, transparent);
}

/* On a dark ground the same share of a colour is hardly seen. */
[data-jp-theme-light='false'] .cb-history ins {
  background: color-mix(in srgb, #0072b2 55%, transparent);
}

[data-jp-theme-light='false'] .cb-history del {
  background: color-mix(in srgb, #e69f00 36%, transparent);
}

.cb-history .cb-history-outputs {
  max-height: 200px;
  min-height: 20px;
  margin-top: 8px;
  overflow: auto;
}

.cb-history .cb-history-buttons {
  display: flex;
  gap: 8px;
  padding-top: 8px;
}

.cb-history button.jp-mod-styled {
  height: 24px;
  padding: 0 8px;
  font-size: var(--jp-ui-font-size0);
  line-height: 22px;
}

.cb-history button.jp-mod-styled:not(.jp-mod-accept) {
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
}

.cb-history button.jp-mod-styled:not(.jp-mod-accept):hover {
  background: var(--jp-layout-color2);
}

.cb-history .cb-history-older {
  padding: 12px 16px;
}
`,""]),l.d(e,{},{A:t})},66(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* The tab Checkpoints, and the dialogs that it opens. */
.cellbook-lab .cb-checkpoints {
  display: flex;
  flex-direction: column;
  min-height: 0;
  flex: 1 1 0;
}

.cellbook-lab .cb-bar {
  padding: 8px;
}

.cellbook-lab .cb-save {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
}

.cellbook-lab .cb-save input {
  flex: 1 1 0;
  min-width: 0;
  height: 28px;
  box-sizing: border-box;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab button.jp-mod-styled {
  height: 28px;
  line-height: 26px;
  padding: 0 8px;
  letter-spacing: normal;
}

.cellbook-lab button.jp-mod-styled:not(.jp-mod-accept) {
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-wide {
  width: 100%;
}

.cellbook-lab .cb-timeline {
  flex: 1 1 0;
  min-height: 0;
  overflow-y: auto;
}

.cellbook-lab .cb-older {
  display: block;
  padding: 8px 12px;
}

.cellbook-lab .cb-checkpoint {
  cursor: default;
}

.cellbook-lab .cb-checkpoint:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-checkpoint.cb-mod-selected {
  background: var(--jp-layout-color2);
  box-shadow: inset 2px 0 var(--jp-brand-color1);
}

.cellbook-lab .cb-row {
  display: flex;
  align-items: stretch;
  min-height: 44px;
  padding: 0 12px 0 8px;
}

.cellbook-lab .cb-graph {
  position: relative;
  flex: none;
}

.cellbook-lab .cb-graph svg {
  position: absolute;
  top: 0;
  height: 100%;
}

.cellbook-lab .cb-graph line {
  stroke: var(--jp-border-color0);
  stroke-width: 1.5;
}

.cellbook-lab .cb-graph circle {
  fill: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-graph circle.cb-mod-labelled {
  fill: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-graph circle.cb-mod-now {
  fill: var(--jp-layout-color1);
  stroke: var(--jp-brand-color1);
  stroke-width: 2.5;
}

.cellbook-lab .cb-what {
  flex: 1 1 0;
  min-width: 0;
  padding: 4px 0 4px 8px;
}

.cellbook-lab .cb-line1,
.cellbook-lab .cb-line2 {
  display: flex;
  gap: 8px;
  align-items: baseline;
}

.cellbook-lab .cb-line2 {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-name,
.cellbook-lab .cb-changes {
  flex: 1 1 0;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
  unicode-bidi: isolate;
}

.cellbook-lab .cb-strong {
  font-weight: 600;
}

.cellbook-lab .cb-code {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.cellbook-lab .cb-now {
  color: var(--jp-brand-color1);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-when,
.cellbook-lab .cb-size {
  flex: none;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-row .cb-order {
  flex: none;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-lost {
  color: var(--jp-warn-color0, var(--jp-warn-color1));
}

.cellbook-lab .cb-details {
  padding: 0 12px 12px;
  cursor: auto;
}

.cellbook-lab .cb-buttons {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  padding: 4px 0 8px;
}

.cellbook-lab .cb-details dl {
  display: grid;
  grid-template-columns: max-content 1fr;
  gap: 4px 12px;
  margin: 0;
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-details dt {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-details dd {
  margin: 0;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-foot {
  flex: none;
  padding: 8px 12px;
  border-top: 1px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab.cb-dialog {
  min-width: min(480px, 80vw);
  max-width: min(880px, 86vw);
  max-height: 64vh;
  overflow: auto;
}

.cellbook-lab.cb-dialog h3 {
  margin: 12px 0 4px;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cellbook-lab .cb-check {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 8px 0 4px;
  font-weight: 600;
}

.cellbook-lab .cb-lists {
  margin-left: 22px;
  border-spacing: 0;
}

.cellbook-lab .cb-lists th,
.cellbook-lab .cb-variables th {
  padding: 4px 16px 4px 0;
  text-align: left;
  vertical-align: top;
  font-weight: normal;
  white-space: nowrap;
}

.cellbook-lab .cb-lists th {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-lists td,
.cellbook-lab .cb-variables td {
  padding: 4px 16px 4px 0;
  vertical-align: top;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-named {
  margin-right: 8px;
}

.cellbook-lab .cb-variables {
  border-spacing: 0;
}

.cellbook-lab .cb-variables th {
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
}

.cellbook-lab .cb-cell-change {
  margin: 8px 0;
}

.cellbook-lab .cb-cell-change pre {
  margin: 4px 0 0;
  padding: 8px;
  border: 1px solid var(--jp-cell-editor-border-color);
  background: var(--jp-cell-editor-background);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  line-height: var(--jp-code-line-height);
  overflow-x: auto;
}

.cellbook-lab .cb-added {
  display: block;
  background: color-mix(in srgb, #0072b2 16%, transparent);
}

.cellbook-lab .cb-removed {
  display: block;
  background: color-mix(in srgb, #e69f00 20%, transparent);
}

/* The item in the status bar. */
.cellbook-status .cb-status {
  display: flex;
  align-items: center;
  gap: 6px;
  max-width: 280px;
  height: 100%;
  padding: 0 6px;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
  overflow: hidden;
  white-space: nowrap;
  text-overflow: ellipsis;
}

.cellbook-status .cb-status:focus-visible {
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -1px;
}

.cellbook-status .cb-dot {
  flex: none;
  width: 8px;
  height: 8px;
  border: 1.5px solid currentcolor;
  border-radius: 50%;
  box-sizing: border-box;
}

.cellbook-status .cb-mod-on .cb-dot {
  background: currentcolor;
}

.cellbook-status .cb-mod-run .cb-dot {
  border-color: var(--jp-brand-color1);
  background: var(--jp-brand-color1);
}

.cellbook-status .cb-mod-paused .cb-dot {
  border-radius: 0;
  border-width: 0 2px;
}

.cellbook-status .cb-mod-failing {
  color: var(--jp-warn-color0, var(--jp-warn-color1));
}

/* What is asked before a run or a checkpoint is taken over, or sent for review. */
.cellbook-lab .cb-form {
  display: flex;
  flex-direction: column;
  gap: 12px;
  /* Room for the frame round what has the focus. */
  padding: 2px;
}

.cellbook-lab .cb-form p {
  max-width: 60ch;
  margin: 0;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-form > label {
  display: flex;
  flex-direction: column;
  gap: 4px;
}

.cellbook-lab .cb-form :is(input:not([type='checkbox']), textarea) {
  box-sizing: border-box;
  width: 100%;
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-form textarea {
  padding: 6px 8px;
  resize: vertical;
}

.cellbook-lab .cb-form fieldset {
  min-width: 0;
  margin: 0;
  padding: 0;
  border: 0;
}

.cellbook-lab .cb-form legend {
  padding: 0 0 4px;
}

.cellbook-lab .cb-people {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 16px;
  max-height: 20vh;
  overflow: auto;
}

.cellbook-lab .cb-people .cb-choose {
  display: inline-flex;
  align-items: center;
  gap: 4px;
}

.cellbook-lab .cb-approved {
  color: var(--jp-ui-font-color1);
}

/* In a narrow sidebar what is widest goes below what stands in a row. */
@container cb-sidebar (max-width: 400px) {
  .cellbook-lab .cb-buttons > .cb-mod-wide {
    order: 1;
  }
}
`,""]),l.d(e,{},{A:t})},51(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/*
 * Okabe and Ito's colours, those of neighbouring runs far apart, and paler or darker where one would
 * be faint on its ground: as src/cellbook/widgets/colours.py has them.
 */
.cellbook-lab {
  --cb-run0: #0072b2;
  --cb-run1: #d55e00;
  --cb-run2: #009e73;
  --cb-run3: #56b4e9;
  --cb-run4: #e69f00;
  --cb-run5: #cc79a7;
  --cb-run6: #8a8000;
  --cb-better: #0072b2;
  --cb-worse: #b84e00;
}

body[data-jp-theme-light='false'] .cellbook-lab {
  --cb-run0: #3a93dc;
  --cb-run3: #8fd3f7;
  --cb-run6: #f0e442;
  --cb-better: #56b4e9;
  --cb-worse: #e69f00;
}
`,""]),l.d(e,{},{A:t})},69(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Comments: who wrote them and when, reactions, what they said before. */
.cellbook-lab .cb-comments {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-comment {
  position: relative;
  padding: 6px 0 2px;
}

.cellbook-lab .cb-comment > :not(.cb-commenthead) {
  margin-inline-start: 28px;
}

.cellbook-lab .cb-event {
  padding: 4px 0 4px 28px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-event > .cb-link {
  padding: 0;
}

.cellbook-lab .cb-commenthead {
  position: relative;
  flex-wrap: wrap;
  row-gap: 0;
  min-height: 24px;
  padding-inline-start: 28px;
  white-space: nowrap;
}

/* What does not fit beside the name goes on below it, not below the picture. */
.cellbook-lab .cb-commenthead > .cb-avatar {
  position: absolute;
  inset-block-start: 2px;
  inset-inline-start: 0;
}

.cellbook-lab .cb-commenthead time,
.cellbook-lab .cb-faint {
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-faint {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-author {
  flex: 0 1 auto;
  min-width: 3ch;
  overflow: hidden;
  color: var(--jp-ui-font-color0);
  font-weight: 600;
  text-overflow: ellipsis;
  white-space: nowrap;
}

/* Over the end of its line: who wrote and when has all the room until one points at it. */
.cellbook-lab .cb-commentacts {
  position: absolute;
  inset-block-start: 6px;
  inset-inline-end: 0;
  display: flex;
  border-radius: 2px;
  background: var(--jp-layout-color2);
  opacity: 0;
}

.cellbook-lab .cb-comment:hover .cb-commentacts,
.cellbook-lab .cb-comment:focus-within .cb-commentacts {
  opacity: 1;
}

@media (hover: none) {
  .cellbook-lab .cb-commentacts {
    position: static;
    background: none;
    opacity: 1;
  }
}

.cellbook-lab .cb-avatar {
  flex: none;
  width: 20px;
  height: 20px;
  margin-inline-end: 4px;
  border-radius: 50%;
  background: var(--cb-hue);
  color: var(--jp-layout-color0);
  font-size: 9px;
  font-weight: 600;
  line-height: 20px;
  text-align: center;
}

.cellbook-lab .cb-avatar.cb-mod-hue0 {
  --cb-hue: var(--cb-run0);
}

.cellbook-lab .cb-avatar.cb-mod-hue1 {
  --cb-hue: var(--cb-run1);
}

.cellbook-lab .cb-avatar.cb-mod-hue2 {
  --cb-hue: var(--cb-run2);
}

.cellbook-lab .cb-avatar.cb-mod-hue3 {
  --cb-hue: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-avatar.cb-mod-hue4 {
  --cb-hue: var(--cb-run6);
}

.cellbook-lab .cb-avatar.cb-mod-hue5 {
  --cb-hue: var(--cb-worse);
}

.cellbook-lab .cb-tombstone {
  margin: 0;
  color: var(--jp-ui-font-color2);
  font-style: italic;
}

.cellbook-lab .cb-former {
  margin-top: 4px;
  padding-inline-start: 8px;
  border-inline-start: 2px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-reactions,
.cellbook-lab .cb-emoji {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin-top: 4px;
}

.cellbook-lab .cb-reactions button,
.cellbook-lab .cb-emoji button {
  height: 22px;
  padding: 0 6px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 11px;
  background: none;
  color: var(--jp-ui-font-color1);
  font: inherit;
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  cursor: pointer;
}

.cellbook-lab .cb-reactions button[aria-pressed='true'] {
  border-color: var(--jp-brand-color1);
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-reactions button:disabled {
  cursor: default;
}

.cellbook-lab .cb-emoji button {
  min-width: 26px;
  border-color: transparent;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-emoji button:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-sure {
  margin: 4px 0;
  padding: 4px 8px;
  border-inline-start: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
}
`,""]),l.d(e,{},{A:t})},61(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Runs beside one another, and charts. */
.cellbook-lab .cb-compare {
  height: 100%;
  box-sizing: border-box;
  padding: 8px 16px 24px;
  overflow: auto;
}

.cellbook-lab .cb-dashboard .cb-line,
.cellbook-lab .cb-compare .cb-line {
  flex-wrap: wrap;
  padding: 8px 0;
}

.cellbook-lab .cb-compare .cb-line h2 {
  flex: 1 1 auto;
  margin: 0;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
}

.cellbook-lab .cb-choose {
  display: inline-flex;
  align-items: center;
  gap: 6px;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-choose output {
  min-width: 2.2em;
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-choose input {
  margin: 0;
  accent-color: var(--jp-brand-color1);
}

.cellbook-lab .cb-choose input[type='range'] {
  width: 120px;
}

.cellbook-lab .cb-select {
  max-width: 240px;
  height: 24px;
  border: 1px solid var(--jp-input-border-color);
  border-radius: 2px;
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
}

.cellbook-lab .cb-tablebox {
  max-height: 60vh;
  overflow: auto;
  border-top: 1px solid var(--jp-border-color2);
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-tablebox.cb-mod-runs {
  container-type: inline-size;
}

/* Where systems hide their own: what is cut off at the right can be seen to go on. */
.cellbook-lab .cb-tablebox::-webkit-scrollbar {
  width: 10px;
  height: 10px;
}

.cellbook-lab .cb-tablebox::-webkit-scrollbar-thumb {
  border: 2px solid var(--jp-layout-color1);
  border-radius: 5px;
  background: var(--jp-border-color0);
}

.cellbook-lab .cb-table {
  border-collapse: separate;
  border-spacing: 0;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-table th,
.cellbook-lab .cb-table td {
  max-width: 26em;
  padding: 4px 8px;
  overflow: hidden;
  border-bottom: 1px solid var(--jp-border-color3);
  background: var(--jp-layout-color1);
  font-weight: normal;
  text-align: left;
  text-overflow: ellipsis;
  vertical-align: baseline;
  white-space: nowrap;
}

.cellbook-lab .cb-table tr:last-child > * {
  border-bottom: 0;
}

.cellbook-lab .cb-table thead > tr > * {
  position: sticky;
  top: 0;
  z-index: 2;
  padding-top: 8px;
  padding-bottom: 8px;
  border-bottom: 1px solid var(--jp-border-color1);
}

.cellbook-lab .cb-table tr > :first-child {
  position: sticky;
  left: 0;
  z-index: 1;
  max-width: 10em;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-table thead > tr > :first-child {
  z-index: 3;
}

.cellbook-lab .cb-table tbody tr:hover > :not([colspan]) {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-table .cb-group th {
  padding-top: 12px;
  color: var(--jp-ui-font-color3);
  font-size: var(--jp-ui-font-size0);
  letter-spacing: 0.04em;
}

.cellbook-lab .cb-column {
  display: grid;
  grid-template-columns: auto auto 1fr auto auto auto;
  align-items: center;
  gap: 2px 4px;
}

.cellbook-lab .cb-column .cb-iconbutton {
  padding: 2px;
}

.cellbook-lab .cb-column .cb-name {
  grid-row: 2;
  grid-column: 1 / -1;
  /* All the room that the columns have among them, but not more than a name wants. */
  max-width: max(12em, min(30em, calc(72cqw / var(--cb-columns) - 16px)));
  font-weight: 600;
}

.cellbook-lab .cb-column .cb-icon svg {
  width: 12px;
  height: 12px;
}

.cellbook-lab .cb-star {
  padding: 0 4px;
  border: 0;
  background: none;
  color: var(--jp-ui-font-color3);
  font: inherit;
  font-size: var(--jp-ui-font-size2);
  line-height: 1;
  cursor: pointer;
}

.cellbook-lab .cb-star.cb-mod-on,
.cellbook-lab .cb-star:hover {
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-table .cb-num {
  text-align: left !important;
}

.cellbook-lab .cb-num .cb-value {
  display: inline-block;
  min-width: 4.5em;
  font-variant-numeric: tabular-nums;
  text-align: right;
}

.cellbook-lab .cb-delta {
  margin-left: 8px;
  color: var(--jp-ui-font-color2);
  font-size: 0.92em;
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-delta.cb-mod-better {
  color: var(--cb-better);
}

.cellbook-lab .cb-delta.cb-mod-worse {
  color: var(--cb-worse);
}

.cellbook-lab .cb-rest {
  padding: 6px 8px;
}

.cellbook-lab .cb-chart {
  position: relative;
}

.cellbook-lab .cb-chart svg {
  display: block;
  overflow: visible;
}

.cellbook-lab .cb-chart text {
  fill: var(--jp-ui-font-color2);
  font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-grid {
  stroke: var(--jp-border-color3);
}

.cellbook-lab .cb-axis {
  stroke: var(--jp-border-color1);
}

.cellbook-lab .cb-pointer {
  stroke: var(--jp-border-color1);
  stroke-dasharray: 2 2;
  pointer-events: none;
}

.cellbook-lab .cb-curve {
  fill: none;
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 1.75;
}

.cellbook-lab .cb-curve.cb-mod-raw {
  opacity: 0.25;
  stroke-width: 1;
}

.cellbook-lab .cb-mod-faint {
  opacity: 0.2;
}

.cellbook-lab .cb-tip {
  position: absolute;
  top: 12px;
  z-index: 1;
  padding: 4px 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
  background: var(--jp-layout-color1);
  box-shadow: var(--jp-elevation-z2);
  font-size: var(--jp-ui-font-size0);
  pointer-events: none;
}

.cellbook-lab .cb-tiprow {
  display: grid;
  grid-template-columns: auto 1fr auto;
  gap: 8px;
}

.cellbook-lab .cb-tiprow > :last-child {
  font-variant-numeric: tabular-nums;
  text-align: right;
}

.cellbook-lab .cb-note {
  margin: 8px 0;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-plot {
  position: relative;
  min-width: 0;
}

.cellbook-lab .cb-plot.cb-mod-waiting::after {
  content: attr(data-waiting);
  position: absolute;
  inset: 45% 0 auto;
  color: var(--jp-ui-font-color2);
  text-align: center;
}

.cellbook-lab .cb-menubox {
  position: relative;
}

.cellbook-lab .cb-menu {
  position: absolute;
  top: 100%;
  right: 0;
  z-index: 5;
  display: flex;
  flex-direction: column;
  min-width: 10em;
  padding: 4px 0;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
  background: var(--jp-layout-color1);
  box-shadow: var(--jp-elevation-z2, 0 2px 6px rgb(0 0 0 / 25%));
}

.cellbook-lab .cb-menu button {
  padding: 4px 12px;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-align: left;
  white-space: nowrap;
  cursor: pointer;
}

.cellbook-lab .cb-menu button:hover,
.cellbook-lab .cb-menu button:focus {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-media {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr));
  gap: 16px;
}

.cellbook-lab .cb-media figure {
  min-width: 0;
  margin: 0;
}

.cellbook-lab .cb-media figcaption {
  padding: 4px 0;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-medium {
  min-height: 80px;
  max-height: 420px;
  overflow: auto;
}

.cellbook-lab .cb-medium img {
  display: block;
  min-width: min(160px, 100%);
  max-width: 100%;
  /* Most pictures are drawn on white, and some say nothing of their ground. */
  background: #fff;
}

.cellbook-lab .cb-medium audio {
  width: 100%;
}

.cellbook-lab .cb-medium pre {
  margin: 0;
  padding: 8px;
  background: var(--jp-layout-color2);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-strong {
  font-weight: 600;
}

.cellbook-lab .cb-rundetails {
  padding: 8px 0;
}

.cellbook-lab .cb-written {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-console {
  display: grid;
  grid-template-columns: 3em 1fr;
  gap: 8px;
}

.cellbook-lab .cb-console pre {
  min-width: 0;
  max-height: 320px;
  margin: 0 0 8px;
  padding: 8px;
  overflow: auto;
  background: var(--jp-layout-color2);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-stderr {
  color: var(--cb-worse);
}

.cellbook-lab .cb-goal {
  margin-left: 4px;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-column .cb-trashed {
  grid-column: 1 / -1;
  color: var(--cb-worse);
}

.cellbook-lab .cb-eye {
  width: 14px;
  height: 14px;
  fill: none;
  stroke: var(--jp-ui-font-color2);
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 2;
  vertical-align: -2px;
}

.cellbook-lab .cb-hidden {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 12px;
  margin: 4px 0;
}
`,""]),l.d(e,{},{A:t})},71(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Where comments are written and narrowed: the composer, the brief, the filters. */
.cellbook-lab .cb-composer {
  position: relative;
  margin-top: 8px;
}

.cellbook-lab .cb-composer textarea,
.cellbook-lab .cb-preview,
.cellbook-lab .cb-who input,
.cellbook-lab .cb-briefform :is(input, textarea) {
  display: block;
  box-sizing: border-box;
  width: 100%;
  padding: 4px 8px;
  border: 1px solid var(--jp-border-color1);
  border-radius: 2px;
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
}

.cellbook-lab .cb-composer textarea {
  min-height: 30px;
  max-height: 320px;
  resize: none;
}

.cellbook-lab .cb-composer.cb-mod-used textarea {
  min-height: 60px;
}

.cellbook-lab .cb-composer textarea:focus,
.cellbook-lab .cb-briefform :is(input, textarea):focus {
  border-color: var(--jp-brand-color1);
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.cellbook-lab .cb-preview {
  min-height: 60px;
  max-height: 320px;
  overflow: auto;
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-composing {
  margin-top: 4px;
  min-height: 28px;
}

.cellbook-lab .cb-names {
  position: absolute;
  z-index: 2;
  min-width: 200px;
  max-width: 100%;
  margin: 2px 0 0;
  padding: 4px 0;
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
  box-shadow: var(--jp-elevation-z4);
  list-style: none;
}

.cellbook-lab .cb-names li {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 3px 8px;
  cursor: pointer;
}

.cellbook-lab .cb-names li:hover,
.cellbook-lab .cb-names li[aria-selected='true'] {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-names li[aria-selected='true'] {
  box-shadow: inset 3px 0 var(--jp-brand-color1);
}

.cellbook-lab .cb-who {
  margin-top: 8px;
  padding: 8px;
  border-inline-start: 3px solid var(--jp-brand-color1);
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-who p {
  margin: 0 0 8px;
}

.cellbook-lab .cb-who label,
.cellbook-lab .cb-briefform label {
  display: block;
  margin-bottom: 6px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-who input,
.cellbook-lab .cb-briefform :is(input, textarea) {
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-briefform textarea {
  resize: vertical;
}

.cellbook-lab .cb-refusal {
  margin: 4px 0;
  padding: 4px 8px;
  border-inline-start: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  color: var(--cb-worse);
  font-size: var(--jp-ui-font-size0);
  overflow-wrap: anywhere;
}

/* The tab of the sidebar, and panels in outputs. */
.cellbook-lab .cb-threadspanel input[type='search'] {
  padding-left: 8px;
}

.cellbook-lab .cb-scroll.cb-commentstab {
  flex: 1 1 0;
  min-height: 0;
  padding: 0;
  overflow-y: auto;
}

.cellbook-lab .cb-commentstab > .cb-composer {
  padding: 0 12px 8px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-chips {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  padding: 0 8px 8px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-chips button,
.cellbook-lab .cb-chips select {
  height: 22px;
  padding: 0 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 11px;
  background: none;
  color: var(--jp-ui-font-color1);
  font: inherit;
  font-size: var(--jp-ui-font-size0);
  cursor: pointer;
}

.cellbook-lab .cb-chips select {
  max-width: 128px;
}

.cellbook-lab .cb-chips option {
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-chips button[aria-pressed='true'] {
  border-color: var(--jp-brand-color1);
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-count {
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-badge {
  display: inline-block;
  min-width: 8px;
  margin-inline-start: 4px;
  padding: 0 4px;
  border-radius: 8px;
  background: var(--jp-brand-color1);
  color: var(--jp-ui-inverse-font-color1);
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  line-height: 16px;
}

.cellbook-lab .cb-brief {
  padding: 8px 12px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-brief.cb-mod-empty > .cb-link {
  padding-inline-start: 0;
}

.cellbook-lab .cb-brief summary {
  cursor: pointer;
}

.cellbook-lab .cb-briefquestion {
  color: var(--jp-ui-font-color0);
  font-weight: 600;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-briefline {
  display: block;
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-brief dl {
  display: grid;
  grid-template-columns: max-content minmax(0, 1fr);
  gap: 2px 12px;
  margin: 8px 0;
}

.cellbook-lab .cb-brief dt {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-brief dd {
  margin: 0;
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-discussion .cb-thread,
.cellbook-lab .cb-discussion .cb-folded {
  padding-inline: 4px;
}

.cellbook-lab .cb-discussion .cb-empty {
  padding: 8px 4px;
}

/* How a review stands, and what one says of it. */
.cellbook-lab .cb-review {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  margin: 4px 0;
}

.cellbook-lab .cb-review > .cb-composer {
  flex: 1 0 100%;
}
`,""]),l.d(e,{},{A:t})},62(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Curves of all metrics, and what lets choose them. */
.cellbook-lab .cb-controls {
  display: contents;
  margin: 0;
  padding: 0;
  border: 0;
}

.cellbook-lab .cb-controls:disabled {
  color: var(--jp-ui-font-color3);
}

.cellbook-lab .cb-findfield {
  min-width: 12em;
  padding: 0 6px;
  text-align: left;
}

.cellbook-lab .cb-legend {
  font-size: var(--jp-ui-font-size1);
  display: flex;
  flex-wrap: wrap;
  gap: 4px 16px;
  margin: 4px 0 8px;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-legend li {
  display: inline-flex;
  align-items: center;
  gap: 4px;
  max-width: 20em;
  white-space: nowrap;
}

.cellbook-lab .cb-legend bdi {
  overflow: hidden;
  text-overflow: ellipsis;
}

.cellbook-lab .cb-legend svg {
  flex: none;
}

.cellbook-lab .cb-smalls {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
  gap: 8px;
  margin: 0 0 8px;
}

.cellbook-lab .cb-small {
  min-width: 0;
  padding: 4px 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 4px;
}

.cellbook-lab .cb-small:hover {
  border-color: var(--jp-border-color0);
}

.cellbook-lab .cb-smallhead {
  display: flex;
  justify-content: space-between;
  gap: 8px;
  white-space: nowrap;
}

.cellbook-lab .cb-smallhead > .cb-link {
  min-width: 0;
  padding: 0;
  overflow: hidden;
  color: var(--jp-ui-font-color1);
  text-overflow: ellipsis;
}

.cellbook-lab .cb-smallbody {
  overflow: hidden;
  cursor: pointer;
}

/* A place along the axis that somebody means. */
.cellbook-lab .cb-marked line {
  stroke: var(--jp-ui-font-color2);
  stroke-dasharray: 3 3;
}

.cellbook-lab .cb-marked circle {
  fill: none;
  stroke-width: 2.5;
}

.cellbook-lab .cb-chart .cb-marked text {
  fill: var(--jp-ui-font-color1);
  stroke: var(--jp-layout-color1);
  stroke-linejoin: round;
  stroke-width: 4;
  paint-order: stroke;
}

/* Points that can be chosen: what the keys have led to, what is chosen, what is said. */
.cellbook-lab .cb-points {
  position: relative;
  min-width: 0;
}

.cellbook-lab .cb-pointlayer {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  overflow: visible;
  pointer-events: none;
}

.cellbook-lab .cb-pointlayer line {
  stroke: var(--jp-ui-font-color2);
  stroke-dasharray: 3 3;
}

.cellbook-lab .cb-pointlayer circle {
  fill: none;
  stroke-width: 1.5;
}

.cellbook-lab .cb-pointlayer .cb-mod-cursor line {
  opacity: 0.4;
}

.cellbook-lab .cb-pointlayer .cb-mod-chosen circle {
  fill: var(--jp-layout-color1);
  stroke-width: 3;
}

.cellbook-lab .cb-tip.cb-mod-point {
  max-width: 100%;
  margin: 12px;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-tip.cb-mod-right {
  translate: calc(-100% - 24px) 0;
}

.cellbook-lab .cb-tip.cb-mod-above {
  translate: 0 calc(-100% - 24px);
}

.cellbook-lab .cb-tip.cb-mod-right.cb-mod-above {
  translate: calc(-100% - 24px) calc(-100% - 24px);
}

.cellbook-lab .cb-pointmark {
  position: absolute;
  z-index: 1;
  display: inline-flex;
  align-items: center;
  gap: 2px;
  padding: 0 4px;
  translate: -50% calc(-100% - 6px);
  border: 1px solid;
  border-radius: 8px;
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font: inherit;
  font-size: var(--jp-ui-font-size0);
  font-variant-numeric: tabular-nums;
  line-height: 16px;
  cursor: pointer;
}

.cellbook-lab .cb-pointmark:hover,
.cellbook-lab .cb-pointmark[aria-pressed='true'] {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-point {
  margin: 8px 0;
  padding: 4px 8px 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 4px;
}

.cellbook-lab .cb-pointhead {
  display: grid;
  grid-template-columns: auto minmax(0, max-content) 1fr auto;
  align-items: center;
  gap: 4px 8px;
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-pointhead bdi {
  overflow-wrap: anywhere;
}

@container cb-sidebar (min-width: 0) {
  .cellbook-lab .cb-pointhead {
    grid-template-columns: auto 1fr auto;
  }

  .cellbook-lab .cb-pointhead .cb-begin {
    grid-area: 2 / 1 / auto / -1;
  }
}

.cellbook-lab .cb-pointhead .cb-iconbutton {
  grid-column: -2;
  grid-row: 1;
  color: var(--jp-ui-font-color2);
  font: inherit;
}

.cellbook-lab .cb-pointdot {
  flex: none;
  width: 8px;
  height: 8px;
  border-radius: 50%;
}

.cellbook-lab .cb-begin {
  display: inline-flex;
  justify-self: start;
  align-items: center;
  gap: 4px;
  padding: 2px 4px;
  border: 0;
  background: none;
  color: var(--jp-content-link-color, var(--jp-brand-color1));
  font: inherit;
  cursor: pointer;
}

.cellbook-lab .cb-begin:hover {
  text-decoration: underline;
}
`,""]),l.d(e,{},{A:t})},58(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Versions of data sets: in details of runs, in comparisons, in a panel of their own. */
.cellbook-lab .cb-dataused,
.cellbook-lab .cb-datauses {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-dataused li {
  display: flex;
  flex-direction: column;
  gap: 2px;
  padding: 4px 0;
  border-bottom: 1px solid var(--jp-border-color3);
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-dataname {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  justify-content: space-between;
  gap: 8px;
}

.cellbook-lab .cb-datalink {
  max-width: 100%;
  padding: 0;
  overflow: hidden;
  text-align: left;
  text-overflow: ellipsis;
}

.cellbook-lab .cb-facts-table .cb-datalink {
  overflow: visible;
}

/* Links stand in a line with the commas between them. */
.cellbook-lab .cb-facts-table td .cb-datalink bdi {
  display: inline;
}

.cellbook-lab .cb-role {
  color: var(--jp-ui-font-color1);
}

.cellbook-lab .cb-selector {
  overflow: hidden;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-datawords {
  display: inline-flex;
  flex-wrap: wrap;
  gap: 4px;
}

.cellbook-lab .cb-datawords .cb-tag {
  display: inline-block;
  max-width: 16em;
  padding: 0 8px;
  overflow: hidden;
  font-weight: normal;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-served {
  margin-inline-start: 6px;
  white-space: nowrap;
}

.cellbook-lab .cb-datawords:empty + .cb-served,
.cellbook-lab .cb-served:first-child {
  margin-inline-start: 0;
}

.cellbook-lab .cb-tag.cb-mod-alias {
  border-color: var(--jp-brand-color1);
}

.cellbook-lab .cb-datauses li {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 2px 8px;
  padding: 3px 0;
  border-bottom: 1px solid var(--jp-border-color3);
}

.cellbook-lab .cb-datapanel {
  outline: none;
}

.cellbook-lab .cb-datapanel.cb-compare > .cb-line h2 {
  flex: none;
}

.cellbook-lab .cb-datapanel .cb-line input.cb-seek[type='search'] {
  flex: 0 1 320px;
  width: auto;
  padding: 0 8px;
}

.cellbook-lab .cb-datapanel > .cb-tablebox {
  max-height: none;
}

.cellbook-lab .cb-datapanel article {
  max-width: 1000px;
}

.cellbook-lab .cb-table.cb-mod-data tr > :first-child {
  max-width: 20em;
}

/* Nothing stands beside these numbers: head and figures end at the same edge. */
.cellbook-lab .cb-table.cb-mod-data .cb-num {
  text-align: right !important;
}

.cellbook-lab .cb-table.cb-mod-data .cb-num .cb-value {
  min-width: 0;
}

.cellbook-lab .cb-table.cb-mod-data th[scope='row'] .cb-datalink + .cb-muted {
  margin-left: 8px;
}

.cellbook-lab .cb-facts-table.cb-mod-data th {
  width: 112px;
}

.cellbook-lab .cb-facts-table.cb-mod-data td {
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-facts-table .cb-mod-differs > td {
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.cellbook-lab .cb-digest {
  user-select: all;
  overflow-wrap: anywhere;
}

/* What is the same in all runs is quiet; what is other than the baseline's stands out. */
.cellbook-lab .cb-table .cb-mod-same > td {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-table td.cb-mod-other {
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.cellbook-lab .cb-table .cb-mod-differs > th {
  color: var(--jp-ui-font-color1);
}

.cellbook-lab .cb-datause {
  display: block;
}

.cellbook-lab .cb-version[aria-pressed='true'] {
  border-radius: 2px;
  box-shadow: 0 0 0 2px var(--jp-brand-color1);
}

.cellbook-lab .cb-warning {
  margin: 8px 0;
  padding: 4px 8px;
  border-left: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-chosendata {
  max-width: 1000px;
  margin-top: 8px;
}

/* Beside the words: what a run stands on, and how it was reproduced. */
.cellbook-lab .cb-flags {
  margin: 0 0 8px;
  padding: 0;
  list-style: none;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-standing {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 8px;
  margin: 0;
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-doubt {
  margin: 4px 0 0;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-verdict {
  white-space: nowrap;
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-verdict.cb-mod-differs,
.cellbook-lab .cb-verdict.cb-mod-failed,
.cellbook-lab .cb-verdict.cb-mod-untried {
  color: var(--cb-worse);
}

.cellbook-lab .cb-histogram {
  display: block;
}

.cellbook-lab .cb-histogram rect {
  fill: var(--jp-ui-font-color2);
}

/* For those who do not see what stands out. */
.cellbook-lab .cb-sr {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`,""]),l.d(e,{},{A:t})},57(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* The details of a run. */
.cellbook-lab .cb-details {
  flex: 1 1 0;
  min-height: 0;
  display: flex;
  flex-direction: column;
  outline: none;
}

.cellbook-lab .cb-line {
  display: flex;
  align-items: center;
  gap: 16px;
  padding: 6px 8px;
}

.cellbook-lab .cb-line .cb-link {
  display: inline-flex;
  align-items: center;
}

.cellbook-lab .cb-scroll {
  flex: 1 1 0;
  min-height: 0;
  overflow: hidden auto;
  padding: 0 12px 16px;
}

.cellbook-lab .cb-runhead h3 {
  display: flex;
  align-items: center;
  gap: 6px;
  margin: 0;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
}

.cellbook-lab .cb-runhead h3 bdi {
  overflow: hidden;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-runhead .cb-rename {
  flex: 1 1 auto;
}

.cellbook-lab .cb-runhead p {
  margin: 4px 0 8px;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-errortext {
  margin: 0 0 8px;
  padding: 8px;
  max-height: 160px;
  overflow: auto;
  border-left: 3px solid var(--cb-worse);
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.cellbook-lab h4 {
  margin: 16px 0 4px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-weight: 600;
  letter-spacing: 0.02em;
}

.cellbook-lab .cb-notes {
  display: block;
  box-sizing: border-box;
  width: 100%;
  padding: 4px 6px;
  border: 1px solid var(--jp-input-border-color);
  border-radius: 2px;
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color1);
  font: inherit;
  resize: vertical;
}

.cellbook-lab .cb-tags {
  display: flex;
  flex-wrap: wrap;
  gap: 4px;
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-tag {
  display: inline-flex;
  align-items: center;
  max-width: 100%;
  padding: 0 0 0 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 10px;
  background: var(--jp-layout-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-tag bdi {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-tag .cb-iconbutton {
  padding: 1px 4px;
  border-radius: 10px;
}

.cellbook-lab .cb-tag .cb-icon svg {
  width: 12px;
  height: 12px;
}

.cellbook-lab .cb-tagfield {
  width: 88px;
  padding: 1px 8px;
  border: 1px dashed var(--jp-border-color1);
  border-radius: 10px;
  background: none;
  color: var(--jp-ui-font-color1);
  font-family: inherit;
  font-size: var(--jp-ui-font-size0);
  line-height: inherit;
}

.cellbook-lab .cb-facts-table {
  width: 100%;
  border-collapse: collapse;
  table-layout: fixed;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-facts-table th,
.cellbook-lab .cb-facts-table td {
  padding: 3px 0 3px 8px;
  overflow: hidden;
  border-bottom: 1px solid var(--jp-border-color3);
  font-weight: normal;
  text-align: left;
  text-overflow: ellipsis;
  vertical-align: baseline;
}

.cellbook-lab .cb-facts-table th {
  width: 38%;
  padding-left: 0;
  color: var(--jp-ui-font-color2);
  white-space: nowrap;
}

.cellbook-lab .cb-facts-table td {
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-facts-table td bdi {
  overflow: hidden;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 3;
}

.cellbook-lab .cb-facts-table thead th {
  width: auto;
  color: var(--jp-ui-font-color3);
  font-size: var(--jp-ui-font-size0);
  text-align: right;
}

.cellbook-lab .cb-facts-table thead th:first-child {
  width: 28%;
}

/* Four figures in each of three columns, also where the sidebar is narrow. */
.cellbook-lab .cb-mod-metrics td {
  padding-left: 4px;
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-mod-metrics thead th:first-child {
  width: 24%;
}

.cellbook-lab .cb-num {
  font-variant-numeric: tabular-nums;
  text-align: right !important;
  white-space: nowrap;
}

.cellbook-lab .cb-plain {
  max-width: 100%;
  padding: 0;
  overflow: hidden;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  text-align: left;
  text-overflow: ellipsis;
  cursor: pointer;
}

.cellbook-lab .cb-plain:hover {
  text-decoration: underline;
}

.cellbook-lab .cb-mod-shown > * {
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-fold {
  margin-top: 4px;
}

/* In outputs of cells, JupyterLab may set what is folded in bold italics. */
.cellbook-lab details.cb-fold,
.cellbook-lab details.cb-fold > * {
  font-style: normal;
  font-weight: normal;
}

.cellbook-lab .cb-fold summary {
  padding: 4px 0;
  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size1);
  cursor: pointer;
}

/* Names are quiet, values stand out by their darkness alone. */
.cellbook-lab .cb-rundetails .cb-facts-table td {
  color: var(--jp-ui-font-color0);
  font-weight: normal;
}

.cellbook-lab .cb-rundetails .cb-facts-table th {
  font-weight: normal;
}

.cellbook-lab .cb-detailsparts {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr));
  gap: 0 32px;
  max-width: 1000px;
}

.cellbook-lab .cb-rundetails .cb-fold {
  max-width: 1000px;
}

.cellbook-lab .cb-fold input.cb-seek[type='search'] {
  width: min(320px, 100%);
  margin: 4px 0;
}

.cellbook-lab .cb-listnote {
  padding: 0 12px;
}

.cellbook-lab .cb-artifacts,
.cellbook-lab .cb-cells {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-artifacts li {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 8px;
  padding: 3px 0;
  border-bottom: 1px solid var(--jp-border-color3);
}

.cellbook-lab .cb-artifacts a {
  min-width: 0;
  flex: 1 1 0;
  color: var(--jp-content-link-color);
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-artifacts img {
  flex: 1 0 100%;
  max-width: 100%;
  max-height: 200px;
  object-fit: contain;
  background: #fff;
}

.cellbook-lab .cb-cells pre {
  max-height: 120px;
  margin: 2px 0 8px;
  padding: 4px 8px;
  overflow: auto;
  background: var(--jp-cell-editor-background);
  color: var(--jp-content-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-cells p {
  margin: 0 0 8px;
  overflow-wrap: anywhere;
}

/* Where a thing comes from: boxes and arrows from left to right. */
.cellbook-lab .cb-lineage {
  overflow: auto;
  max-height: 480px;
}

.cellbook-lab .cb-lineage svg {
  display: block;
}

.cellbook-lab .cb-lineage-list {
  margin: 4px 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-lineage-list li {
  position: relative;
  display: flex;
  gap: 8px;
  padding: 4px 0;
  overflow-wrap: anywhere;
}

/* A line from each to the next. */
.cellbook-lab .cb-lineage-list li:not(:last-child)::after {
  content: '';
  position: absolute;
  top: 24px;
  bottom: -4px;
  left: 7px;
  border-left: 1px solid var(--jp-border-color1);
}

.cellbook-lab .cb-lineage-list .cb-mod-target bdi {
  font-weight: 600;
}

.cellbook-lab .cb-lineage-list .cb-shape {
  flex: none;
  width: 14px;
  height: 14px;
  margin-top: 2px;
}

.cellbook-lab .cb-lineage text {
  fill: var(--jp-ui-font-color2);
  font-size: 11px;
  font-family: var(--jp-ui-font-family);
  pointer-events: none;
}

.cellbook-lab .cb-lineage .cb-title {
  fill: var(--jp-ui-font-color1);
  font-size: 12px;
}

.cellbook-lab .cb-lineage .cb-said {
  font-size: 10px;
  paint-order: stroke;
  stroke: var(--jp-layout-color1);
  stroke-width: 4px;
}

.cellbook-lab .cb-lineage rect {
  fill: var(--jp-layout-color1);
  stroke: var(--jp-border-color1);
}

.cellbook-lab .cb-lineage .cb-mod-cell rect,
.cellbook-lab .cb-lineage .cb-mod-more rect {
  fill: var(--jp-layout-color2);
}

.cellbook-lab .cb-lineage .cb-mod-more rect {
  stroke-dasharray: 3 3;
}

.cellbook-lab .cb-lineage .cb-mod-target rect {
  stroke: var(--jp-ui-font-color1);
  stroke-width: 2px;
}

.cellbook-lab .cb-lineage .cb-node[role='button'] {
  cursor: pointer;
}

.cellbook-lab .cb-lineage .cb-node[role='button']:hover rect,
.cellbook-lab .cb-lineage .cb-node[role='button']:focus-visible rect {
  stroke: var(--jp-brand-color1);
}

.cellbook-lab .cb-lineage .cb-node[role='button']:focus-visible {
  outline: none;
}

.cellbook-lab .cb-lineage .cb-shape,
.cellbook-lab .cb-lineage-list .cb-shape {
  fill: none;
  stroke: var(--jp-ui-font-color2);
  stroke-width: 1.4px;
}

.cellbook-lab .cb-lineage .cb-edge {
  fill: none;
  stroke: var(--jp-ui-font-color3);
  stroke-width: 1.4px;
}

.cellbook-lab .cb-lineage .cb-edge.cb-mod-implied {
  stroke-dasharray: 5 3;
}

.cellbook-lab .cb-lineage .cb-arrow {
  fill: var(--jp-ui-font-color3);
}
`,""]),l.d(e,{},{A:t})},65(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Tables of many runs: rows are 28 pixels high (gridRow.tsx). */
.cellbook-lab .cb-gridbar {
  display: flex;
  flex-wrap: wrap;
  align-items: flex-start;
  gap: 4px 16px;
  padding: 4px 0 8px;
}

.cellbook-lab .cb-gridbar > :not(.cb-search) {
  line-height: 28px;
}

.cellbook-lab .cb-gridbar .cb-search {
  flex: 1 1 240px;
  max-width: 480px;
  padding: 0;
}

.cellbook-lab .cb-gridbar input[type='search'] {
  padding-left: 8px;
}

/* Room for the list of columns, which an output would cut off. */
.cellbook-lab .cb-runstable.cb-mod-choosing {
  min-height: 440px;
}

.cellbook-lab .cb-count {
  flex: 1 1 auto;
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

.cellbook-lab .cb-gridbox {
  position: relative;
  /* Fifteen rows or so. */
  max-height: 522px;
  overflow: auto;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
  overscroll-behavior: contain;
}

.cellbook-lab .cb-gridbox:focus-visible {
  outline-width: 1px;
  outline-offset: -1px;
}

.cellbook-lab .cb-gridbox::-webkit-scrollbar {
  width: 10px;
  height: 10px;
}

.cellbook-lab .cb-gridbox::-webkit-scrollbar-thumb {
  border: 2px solid var(--jp-layout-color1);
  border-radius: 5px;
  background: var(--jp-border-color0);
}

.cellbook-lab .cb-gridtable {
  min-width: 100%;
}

.cellbook-lab .cb-gridhead {
  position: sticky;
  top: 0;
  z-index: 2;
  border-bottom: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-gridbody {
  position: relative;
}

.cellbook-lab .cb-gridheads,
.cellbook-lab .cb-gridrow {
  display: flex;
  min-width: 100%;
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-gridrow {
  position: absolute;
  right: 0;
  left: 0;
  height: 28px;
  line-height: 27px;
}

.cellbook-lab .cb-gridrow.cb-mod-pinned {
  position: relative;
  border-top: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-gridspace {
  flex: none;
}

.cellbook-lab .cb-gridcell {
  flex: none;
  box-sizing: border-box;
  padding: 0 8px;
  overflow: hidden;
  background: inherit;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-gridrow .cb-gridcell {
  border-bottom: 1px solid var(--jp-border-color3);
}

.cellbook-lab .cb-gridrow:hover,
.cellbook-lab .cb-gridrow.cb-mod-pinned {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-gridrow.cb-mod-chosen {
  /* Opaque, as what is sticky lies above the rest. */
  background: color-mix(in srgb, var(--jp-brand-color1) 14%, var(--jp-layout-color1));
}

.cellbook-lab .cb-gridbox:focus .cb-gridrow.cb-mod-current .cb-gridname {
  box-shadow: inset 3px 0 0 var(--jp-brand-color1);
}

.cellbook-lab .cb-gridname {
  position: sticky;
  left: 0;
  z-index: 1;
  display: flex;
  align-items: center;
  gap: 6px;
  border-right: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-gridheads .cb-gridname button {
  padding-left: 34px;
}

.cellbook-lab .cb-gridname input {
  flex: none;
  margin: 0 2px 0 0;
  accent-color: var(--jp-brand-color1);
  cursor: pointer;
}

.cellbook-lab .cb-gridname .cb-name {
  flex: 0 1 auto;
  min-width: 0;
  cursor: pointer;
}

.cellbook-lab .cb-gridname .cb-name:hover {
  text-decoration: underline;
}

.cellbook-lab .cb-gridname > * {
  flex: none;
}

.cellbook-lab .cb-gridname small {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-gridname .cb-star {
  margin-left: auto;
  opacity: 0;
}

.cellbook-lab .cb-gridrow:hover .cb-star,
.cellbook-lab .cb-gridrow.cb-mod-current .cb-star,
.cellbook-lab .cb-gridname .cb-star.cb-mod-on {
  opacity: 1;
}

.cellbook-lab .cb-gridrow .cb-mod-number {
  display: flex;
  justify-content: flex-end;
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-gridrow .cb-value {
  overflow: hidden;
  text-overflow: ellipsis;
}

.cellbook-lab .cb-gridrow .cb-value.cb-mod-missing {
  color: var(--jp-ui-font-color3);
}

.cellbook-lab .cb-gridrow .cb-delta {
  flex: none;
  box-sizing: border-box;
  margin: 0;
  padding-left: 8px;
  text-align: left;
}

.cellbook-lab .cb-gridrow .cb-goalplace {
  flex: none;
}

.cellbook-lab .cb-gridrow .cb-spark {
  height: 27px;
}

.cellbook-lab .cb-gridcell.cb-mod-waiting::after {
  content: '';
  display: block;
  width: 60%;
  height: 8px;
  margin: 10px 0;
  border-radius: 2px;
  background: var(--jp-border-color3);
}

.cellbook-lab .cb-gridheads .cb-gridcell {
  align-items: stretch;
  padding: 0;
}

.cellbook-lab .cb-gridheads button {
  display: flex;
  flex-direction: column;
  justify-content: flex-end;
  box-sizing: border-box;
  width: 100%;
  height: 100%;
  padding: 4px 8px;
  overflow: hidden;
  border: 0;
  background: none;
  color: var(--jp-ui-font-color1);
  font: inherit;
  text-align: left;
  cursor: pointer;
}

.cellbook-lab .cb-gridheads .cb-mod-number button {
  text-align: right;
}

.cellbook-lab .cb-gridheads button:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-gridheads button > * {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-gridheads small {
  min-height: 1.4em;
  color: var(--jp-ui-font-color3);
  font-size: var(--jp-ui-font-size0);
  letter-spacing: 0.04em;
  text-align: left;
}

.cellbook-lab .cb-gridheads [aria-sort='ascending'] button,
.cellbook-lab .cb-gridheads [aria-sort='descending'] button {
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.cellbook-lab .cb-gridheads .cb-mod-target {
  box-shadow: inset 2px 0 0 var(--jp-brand-color1);
}

.cellbook-lab .cb-listed.cb-mod-old .cb-gridbox {
  opacity: 0.5;
}

.cellbook-lab .cb-runstable .cb-chosen {
  padding-left: 8px;
  border: 0;
}

.cellbook-lab .cb-runstable .cb-chosen > span {
  flex: none;
}

.cellbook-lab .cb-gridbar .cb-chooser,
.cellbook-lab .cb-gridbar .cb-menu {
  line-height: 1.4;
}

.cellbook-lab .cb-chooser {
  position: absolute;
  top: 100%;
  right: 0;
  z-index: 5;
  display: flex;
  flex-direction: column;
  box-sizing: border-box;
  width: 300px;
  max-height: 400px;
  padding: 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
  background: var(--jp-layout-color1);
  box-shadow: var(--jp-elevation-z4, 0 2px 6px rgb(0 0 0 / 25%));
}

.cellbook-lab .cb-chooser input[type='search'] {
  flex: none;
  padding-left: 8px;
}

.cellbook-lab .cb-chooserlist {
  flex: 1 1 auto;
  overflow: auto;
}

.cellbook-lab .cb-chooser fieldset {
  min-width: 0;
  margin: 8px 0 0;
  padding: 0;
  border: 0;
}

.cellbook-lab .cb-chooser legend {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  letter-spacing: 0.04em;
}

.cellbook-lab .cb-choice,
.cellbook-lab .cb-chooserend {
  display: flex;
  align-items: center;
}

.cellbook-lab .cb-choice label {
  display: flex;
  flex: 1 1 0;
  align-items: center;
  gap: 6px;
  min-width: 0;
  padding: 2px 0;
}

.cellbook-lab .cb-choice bdi {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-choice input {
  flex: none;
  margin: 0;
  accent-color: var(--jp-brand-color1);
}

.cellbook-lab .cb-link:disabled {
  opacity: 0.35;
  cursor: default;
  text-decoration: none;
}

.cellbook-lab .cb-chooserend {
  justify-content: space-between;
  padding-top: 8px;
}

.cellbook-lab .cb-code {
  position: relative;
  margin-bottom: 8px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
}

.cellbook-lab .cb-code pre {
  max-height: 260px;
  margin: 0;
  padding: 8px 12px;
  overflow: auto;
  color: inherit;
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size, 13px);
  line-height: 1.4;
}

.cellbook-lab .cb-code > span {
  position: absolute;
  top: 4px;
  right: 8px;
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-back {
  margin-top: 4px;
}

/* All of a tab of the main area is its table. */
.cellbook-lab.cellbook-table .cb-runstable {
  display: flex;
  flex-direction: column;
  box-sizing: border-box;
  height: 100%;
  padding: 8px 16px;
}

.cellbook-lab.cellbook-table .cb-listed {
  display: block;
  flex: 1 1 0;
  min-height: 0;
}

.cellbook-lab.cellbook-table .cb-gridbox {
  box-sizing: border-box;
  max-height: 100%;
}
`,""]),l.d(e,{},{A:t})},70(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* What somebody wrote. Nothing in it leaves its box. */
.cellbook-lab .cb-markdown {
  max-width: 100%;
  overflow: auto hidden;
  contain: paint;
  color: var(--jp-ui-font-color1);
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-markdown :is(p, ul, ol, blockquote, pre, table, h1, h2, h3, h4, h5, h6) {
  margin: 0 0 6px;
}

.cellbook-lab .cb-markdown > :last-child {
  margin-bottom: 0;
}

.cellbook-lab .cb-markdown :is(h1, h2, h3, h4, h5, h6) {
  color: var(--jp-ui-font-color0);
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cellbook-lab .cb-markdown :is(ul, ol) {
  padding-inline-start: 20px;
}

.cellbook-lab .cb-markdown blockquote {
  padding-inline-start: 8px;
  border-inline-start: 3px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color2);
}

/* Code reads from left to right, whatever the language around it does. */
.cellbook-lab .cb-markdown :is(pre, code) {
  direction: ltr;
  unicode-bidi: isolate;
}

.cellbook-lab .cb-markdown pre {
  text-align: left;
  padding: 6px 8px;
  overflow-x: auto;
  border: 1px solid var(--jp-border-color3);
  background: var(--jp-layout-color2);
  overflow-wrap: normal;
}

.cellbook-lab .cb-markdown pre code {
  padding: 0;
  background: none;
}

.cellbook-lab .cb-markdown a {
  color: var(--jp-content-link-color, var(--jp-brand-color1));
  cursor: pointer;
}

.cellbook-lab .cb-markdown a:hover {
  text-decoration: underline;
}

.cellbook-lab .cb-markdown [data-mention] {
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.cellbook-lab .cb-markdown [data-mention].cb-mod-stranger {
  color: inherit;
  font-weight: inherit;
}

.cellbook-lab .cb-markdown :is(th, td) {
  padding: 2px 8px;
  border: 1px solid var(--jp-border-color2);
}

/* Markdown has no table without heads; where none of them says anything, there is none to see. */
.cellbook-lab .cb-markdown thead:not(:has(th:not(:empty))) {
  display: none;
}

.cellbook-lab .cb-markdown table {
  border-collapse: collapse;
}

/* Formulas are drawn by the browser itself; in the letters of a panel they would be too dense. */
.cellbook-lab .cb-markdown math {
  font-size: 1.15em;
}

.cellbook-lab .cb-markdown mfrac > :first-child {
  padding-bottom: 0.15em;
}

.cellbook-lab .cb-markdown mfrac > :last-child {
  padding-top: 0.15em;
}

.cellbook-lab .cb-markdown .cellbook-math {
  margin: 4px 0 8px;
}
`,""]),l.d(e,{},{A:t})},59(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Registered models: the tab of the sidebar, and the panel of the main area. */
.cellbook-lab .cb-modelstab {
  display: flex;
  flex-direction: column;
  min-height: 0;
  overflow: auto;
}

.cellbook-lab .cb-modelstab > .cb-note {
  padding: 0 8px;
}

.cellbook-lab .cb-models {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-model {
  display: flex;
  flex-direction: column;
  gap: 3px;
  width: 100%;
  padding: 7px 8px;
  border: 0;
  border-bottom: 1px solid var(--jp-border-color3);
  background: none;
  color: var(--jp-ui-font-color1);
  font: inherit;
  text-align: left;
  cursor: pointer;
}

.cellbook-lab .cb-model:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-model:focus-visible {
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -1px;
}

.cellbook-lab .cb-modelname {
  display: flex;
  align-items: baseline;
  justify-content: space-between;
  gap: 8px;
}

.cellbook-lab .cb-modelfacts {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-modelfacts > .cb-muted {
  margin-left: auto;
}

.cellbook-lab .cb-modelfacts .cb-tag {
  padding: 0 8px;
}

.cellbook-lab .cb-stage {
  white-space: nowrap;
}

.cellbook-lab .cb-stage.cb-mod-production {
  color: var(--cb-better);
  font-weight: 600;
}

.cellbook-lab .cb-stage.cb-mod-archived {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-runhead h3 .cb-stage,
.cellbook-lab .cb-runhead h3 .cb-datawords {
  margin-left: 8px;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-verdicts {
  display: inline-flex;
  flex-wrap: wrap;
  gap: 0 8px;
  margin-right: 8px;
}

.cellbook-lab .cb-modelabout {
  font-size: var(--jp-ui-font-size0);
  font-weight: normal;
  white-space: normal;
}

.cellbook-lab .cb-versionshead {
  justify-content: space-between;
}

.cellbook-lab .cb-versionshead h4 {
  margin: 0;
}

.cellbook-lab .cb-mod-versions th[scope='row'] input {
  margin: 0 8px 0 0;
  accent-color: var(--jp-brand-color1);
  vertical-align: middle;
}

.cellbook-lab .cb-mod-versions tr.cb-mod-chosen > * {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-mod-versions tbody tr {
  cursor: pointer;
}

.cellbook-lab .cb-mod-versions {
  width: 100%;
}

/* Head, figures and dashes end at the same edge. */
.cellbook-lab .cb-table.cb-mod-versions .cb-num {
  text-align: right !important;
}

.cellbook-lab .cb-table.cb-mod-versions .cb-num .cb-value {
  min-width: 0;
}

.cellbook-lab .cb-table .cb-standings {
  white-space: normal;
}

.cellbook-lab .cb-standings .cb-verdicts {
  display: flex;
  flex-wrap: nowrap;
  white-space: nowrap;
}

/* A link's text begins where headings and fields do. */
.cellbook-lab .cb-service .cb-line > .cb-link:first-child,
.cellbook-lab .cb-datapanel .cb-line > .cb-link:first-child {
  margin-inline-start: -4px;
}

.cellbook-lab .cb-question .cb-trouble {
  margin: 0;
}

.cellbook-lab .cb-use {
  position: relative;
}

.cellbook-lab .cb-use button {
  position: absolute;
  top: 4px;
  right: 8px;
  padding: 0 4px;
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-modelnumbers {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
  gap: 0 32px;
}

.cellbook-lab .cb-mod-signature {
  min-width: 50%;
}

.cellbook-lab .cb-lines {
  max-height: 320px;
  margin: 4px 0;
  padding: 8px;
  overflow: auto;
  border: 1px solid var(--jp-border-color3);
  background: var(--jp-layout-color2);
  font-size: var(--jp-code-font-size);
}

.cellbook-lab .cb-deeds .cb-doer {
  font-weight: 600;
}

.cellbook-lab .cb-deeds .cb-reason {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-deeds .cb-tag {
  padding: 0 8px;
}

/* Forms that ask how something is to be done. */
.cellbook-lab .cb-actions .cb-link[aria-expanded='true'] {
  font-weight: 600;
}

.cellbook-lab .cb-question {
  display: flex;
  flex-direction: column;
  gap: 8px;
  max-width: 560px;
  margin-bottom: 8px;
  padding: 12px;
  border: 1px solid var(--jp-border-color2);
  border-radius: 2px;
  background: var(--jp-layout-color1);
}

.cellbook-lab .cb-question .cb-choose {
  align-items: baseline;
}

.cellbook-lab .cb-question .cb-choose input {
  flex: none;
}

.cellbook-lab .cb-question p {
  margin: 0;
}

.cellbook-lab .cb-question .cb-line {
  padding: 0;
}

.cellbook-lab .cb-fields {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 16px;
}

.cellbook-lab .cb-field {
  display: flex;
  flex-direction: column;
  gap: 3px;
  min-width: 0;
  margin: 0;
  padding: 0;
  border: 0;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-field input[type='text'],
.cellbook-lab .cb-field input[type='number'],
.cellbook-lab .cb-field textarea {
  padding: 4px 8px;
  border: 1px solid var(--jp-input-border-color);
  border-radius: 2px;
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
  resize: vertical;
}

.cellbook-lab .cb-field input[type='text']:focus,
.cellbook-lab .cb-field input[type='number']:focus,
.cellbook-lab .cb-field textarea:focus {
  border-color: var(--jp-brand-color1);
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.cellbook-lab .cb-button.cb-mod-danger {
  border-color: var(--jp-error-color1);
  background: var(--jp-error-color1);
}
`,""]),l.d(e,{},{A:t})},55(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Small parts that several panels share. */
.cellbook-lab .cb-icon {
  display: inline-flex;
  align-items: center;
}

.cellbook-lab .cb-icon svg {
  width: 16px;
  height: 16px;
}

.cellbook-lab .cb-iconbutton {
  display: inline-flex;
  align-items: center;
  padding: 4px;
  border: 0;
  border-radius: 2px;
  background: none;
  cursor: pointer;
}

.cellbook-lab .cb-iconbutton:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-search {
  padding: 8px 8px 4px;
}

.cellbook-lab .cb-searchbox {
  display: flex;
  align-items: center;
  gap: 2px;
}

.cellbook-lab .cb-searchbox > .cb-icon {
  position: absolute;
  margin-left: 7px;
  pointer-events: none;
}

.cellbook-lab input[type='search'] {
  flex: 1 1 0;
  min-width: 0;
  height: 28px;
  padding: 0 4px 0 28px;
  border: 1px solid var(--jp-input-border-color);
  border-radius: 2px;
  /* JupyterLab's own boxes have the ground of what can be written in: the other one is grey. */
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
}

.cellbook-lab input[type='search']::-webkit-calendar-picker-indicator {
  display: none !important;
}

.cellbook-lab input::placeholder,
.cellbook-lab textarea::placeholder {
  color: var(--jp-ui-font-color2);
  opacity: 1;
  text-overflow: ellipsis;
}

.cellbook-lab input[type='search']:focus {
  border-color: var(--jp-brand-color1);
  outline: 1px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.cellbook-lab input[aria-invalid='true'],
.cellbook-lab textarea[aria-invalid='true'] {
  border-color: var(--jp-warn-color1);
}

.cellbook-lab .cb-queryproblem {
  margin-top: 4px;
  padding: 4px 8px;
  border-left: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  font-size: var(--jp-ui-font-size0);
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}

.cellbook-lab .cb-queryproblem code {
  display: block;
  margin-top: 4px;
  padding: 0;
  background: none;
  font-size: 1em;
}

.cellbook-lab .cb-queryproblem mark {
  background: none;
  color: inherit;
  text-decoration: underline wavy var(--jp-warn-color1);
  text-underline-offset: 3px;
}

.cellbook-lab .cb-state {
  width: 14px;
  color: var(--jp-ui-font-color2);
  text-align: center;
}

.cellbook-lab .cb-state.cb-mod-running {
  color: var(--jp-brand-color1);
}

.cellbook-lab .cb-state.cb-mod-failed,
.cellbook-lab .cb-state.cb-mod-crashed {
  color: var(--cb-worse);
}

.cellbook-lab .cb-state.cb-mod-stopped {
  font-size: 0.72em;
}

.cellbook-lab .cb-number {
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-name {
  overflow: hidden;
  color: var(--jp-ui-font-color0);
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-name.cb-mod-halves {
  display: flex;
  white-space: pre;
}

.cellbook-lab .cb-mod-halves > :first-child {
  min-width: 1em;
  overflow: hidden;
  text-overflow: ellipsis;
}

.cellbook-lab .cb-mod-halves > :last-child:not(:first-child) {
  flex: none;
}

.cellbook-lab .cb-spark {
  display: block;
}

.cellbook-lab .cb-spark path,
.cellbook-lab .cb-swatch path {
  fill: none;
  stroke-width: 1.5;
  stroke-linecap: round;
  stroke-linejoin: round;
}

.cellbook-lab .cb-swatch path {
  stroke-width: 2.5;
}

.cellbook-lab .cb-stale {
  color: var(--cb-worse);
}

.cellbook-lab .cb-button {
  padding: 3px 12px;
  border: 1px solid var(--jp-brand-color1);
  border-radius: 2px;
  background: var(--jp-brand-color1);
  color: var(--jp-ui-inverse-font-color1);
  font: inherit;
  cursor: pointer;
}

.cellbook-lab .cb-button:disabled {
  opacity: 0.4;
  cursor: default;
}

/* How much was said of the thing of a row. */
.cellbook-lab .cb-said {
  display: inline-flex;
  align-items: center;
  gap: 2px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  font-weight: normal;
  font-variant-numeric: tabular-nums;
  cursor: pointer;
}

.cellbook-lab .cb-said:hover,
.cellbook-lab .cb-plain:focus-visible > .cb-said {
  color: var(--jp-content-link-color, var(--jp-brand-color1));
}

.cellbook-lab .cb-said-icon {
  width: 12px;
  height: 12px;
  fill: none;
  stroke: currentColor;
  stroke-linejoin: round;
  stroke-width: 2;
}
`,""]),l.d(e,{},{A:t})},64(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Params and metrics against one another; what runs were made by. */
.cellbook-lab .cb-segments {
  display: inline-flex;
  margin: 0;
  padding: 0;
  border: 1px solid var(--jp-border-color1);
  border-radius: 3px;
}

.cellbook-lab .cb-segments legend,
.cellbook-lab .cb-segments input {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
}

.cellbook-lab .cb-segments label {
  padding: 2px 10px;
  border-right: 1px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color2);
  cursor: pointer;
}

.cellbook-lab .cb-segments label:last-child {
  border-right: 0;
}

.cellbook-lab .cb-segments label:hover {
  color: var(--jp-ui-font-color0);
}

.cellbook-lab .cb-segments label.cb-mod-on {
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color0);
  font-weight: 600;
}

.cellbook-lab .cb-segments label:focus-within {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

.cellbook-lab .cb-parallel {
  position: relative;
  min-width: 0;
}

.cellbook-lab .cb-hands {
  position: absolute;
  inset: 0;
  touch-action: none;
}

.cellbook-lab .cb-hands .cb-raised {
  fill: none;
  stroke: var(--jp-ui-font-color0);
  stroke-width: 2.5;
  pointer-events: none;
}

.cellbook-lab .cb-titles {
  fill: transparent;
  cursor: grab;
}

.cellbook-lab .cb-holder {
  fill: transparent;
  cursor: ns-resize;
}

.cellbook-lab .cb-holder:hover {
  fill: var(--jp-border-color2);
  fill-opacity: 0.4;
}

.cellbook-lab .cb-hands g:focus-visible {
  outline: none;
}

.cellbook-lab .cb-hands g:focus-visible .cb-holder {
  stroke: var(--jp-brand-color1);
  stroke-width: 2;
}

.cellbook-lab .cb-range {
  fill: var(--jp-brand-color1);
  fill-opacity: 0.35;
  stroke: var(--jp-brand-color1);
  pointer-events: none;
}

.cellbook-lab .cb-runtip {
  max-width: 300px;
}

.cellbook-lab .cb-ticks {
  box-sizing: border-box;
  width: 260px;
  max-height: 320px;
  padding: 8px;
  overflow: auto;
}

.cellbook-lab .cb-ticks label {
  display: flex;
  gap: 6px;
  padding: 2px 0;
  overflow-wrap: anywhere;
}

.cellbook-lab input.cb-seek[type='search'] {
  box-sizing: border-box;
  flex: none;
  width: 100%;
  margin-bottom: 4px;
  padding: 0 6px;
}

.cellbook-lab .cb-compare .cb-line > .cb-menubox:last-of-type {
  margin-left: auto;
}

.cellbook-lab .cb-picturecode {
  flex: 1 0 100%;
  min-width: 0;
}

.cellbook-lab .cb-picturecode pre,
.cellbook-lab .cb-source {
  max-height: 420px;
  margin: 0;
  padding: 8px;
  overflow: auto;
  border: 1px solid var(--jp-border-color2);
  background: var(--jp-cell-editor-background, var(--jp-layout-color1));
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-ui-font-size0);
  line-height: 1.5;
  tab-size: 4;
}

.cellbook-lab .cb-codes {
  display: flex;
  flex-wrap: wrap;
  gap: 24px;
}

.cellbook-lab .cb-codecells {
  flex: 2 1 420px;
  min-width: 0;
}

.cellbook-lab .cb-codeside {
  flex: 1 1 260px;
  min-width: 0;
}

.cellbook-lab .cb-codes h3 {
  margin: 0;
  font-size: var(--jp-ui-font-size1);
  font-weight: 600;
}

.cellbook-lab .cb-codes h4 {
  margin: 0 0 4px;
  font-size: var(--jp-ui-font-size1);
  font-weight: normal;
}

.cellbook-lab .cb-codelist {
  margin: 0;
  padding: 0;
  list-style: none;
}

.cellbook-lab .cb-codecell {
  margin-bottom: 16px;
}

.cellbook-lab .cb-codes ins,
.cellbook-lab .cb-legend ins {
  background: color-mix(in srgb, #0072b2 24%, transparent);
  text-decoration: none;
}

.cellbook-lab .cb-codes del,
.cellbook-lab .cb-legend del {
  background: color-mix(in srgb, #e69f00 26%, transparent);
}

body[data-jp-theme-light='false'] .cellbook-lab :is(.cb-codes, .cb-legend) ins,
.vscode-dark .cellbook-lab :is(.cb-codes, .cb-legend) ins {
  background: color-mix(in srgb, #56b4e9 42%, transparent);
}

body[data-jp-theme-light='false'] .cellbook-lab :is(.cb-codes, .cb-legend) del,
.vscode-dark .cellbook-lab :is(.cb-codes, .cb-legend) del {
  background: color-mix(in srgb, #e69f00 42%, transparent);
}

.cellbook-lab .cb-codecell h4 .cb-link {
  margin-left: 8px;
}

.cellbook-lab .cb-legend {
  margin-left: auto;
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-skipped {
  color: var(--jp-ui-font-color2);
  font-style: italic;
}

.cellbook-lab .cb-differences {
  border-collapse: collapse;
  font-size: var(--jp-ui-font-size1);
}

.cellbook-lab .cb-differences th,
.cellbook-lab .cb-differences td {
  padding: 4px 12px 4px 0;
  border-bottom: 1px solid var(--jp-border-color3);
  font-weight: normal;
  text-align: left;
  vertical-align: top;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-differences thead th {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-differences del,
.cellbook-lab .cb-differences ins {
  padding: 0 2px;
}

.cellbook-lab .cb-patch {
  margin-top: 8px;
}

.cellbook-lab .cb-patch summary {
  cursor: pointer;
}
`,""]),l.d(e,{},{A:t})},56(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* The tab Runs: rows are 46 pixels high (runRow.tsx). */
.cellbook-lab .cb-columns {
  display: flex;
  justify-content: space-between;
  gap: 16px;
  padding: 0 68px 2px 12px;
  border-bottom: 1px solid var(--jp-border-color2);
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-columns > * {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-columns bdi {
  max-width: 50%;
}

.cellbook-lab .cb-grow {
  flex: 1 1 0;
  min-height: 0;
  overflow: auto;
}

.cellbook-lab .cb-listed {
  display: contents;
}

.cellbook-lab .cb-mod-old > .cb-columns,
.cellbook-lab .cb-mod-old > .cb-runs {
  opacity: 0.45;
}

.cellbook-lab .cb-empty p {
  margin: 0 0 8px;
}

.cellbook-lab .cb-empty .cb-link {
  padding: 0;
}

.cellbook-lab .cb-runs {
  flex: 1 1 0;
  min-height: 0;
  overflow: hidden auto;
  overflow-anchor: none;
  outline: none;
}

.cellbook-lab .cb-height {
  position: relative;
  contain: layout style;
}

.cellbook-lab .cb-run {
  position: absolute;
  right: 0;
  left: 0;
  box-sizing: border-box;
  display: grid;
  grid-template-columns: 16px 14px auto minmax(0, 1fr) auto 48px;
  grid-template-rows: 20px 16px;
  align-content: center;
  align-items: center;
  column-gap: 6px;
  padding: 0 12px 0 8px;
  border-bottom: 1px solid var(--jp-border-color3);
  cursor: pointer;
  user-select: none;
  contain: strict;
}

.cellbook-lab .cb-run:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-run.cb-mod-chosen {
  background: color-mix(in srgb, var(--jp-brand-color1) 12%, transparent);
}

.cellbook-lab .cb-runs:focus-visible .cb-run.cb-mod-current {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: -2px;
}

/* A box to tick: large enough to hit, quiet until the pointer is near. */
.cellbook-lab .cb-run .cb-check {
  grid-row: 1 / 3;
  align-self: stretch;
  position: relative;
  margin: 0 -4px 0 -8px;
}

.cellbook-lab .cb-run .cb-check::before {
  content: '';
  position: absolute;
  top: 4px;
  left: 8px;
  box-sizing: border-box;
  width: 14px;
  height: 14px;
  border: 1px solid var(--jp-border-color1);
  border-radius: 2px;
  color: var(--jp-ui-inverse-font-color1);
  font-size: 11px;
  line-height: 12px;
  text-align: center;
}

.cellbook-lab .cb-run:hover .cb-check::before {
  border-color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-run.cb-mod-chosen .cb-check::before {
  content: '✓';
  border-color: var(--jp-brand-color1);
  background: var(--jp-brand-color1);
}

.cellbook-lab .cb-metric {
  color: var(--jp-ui-font-color0);
  font-variant-numeric: tabular-nums;
  text-align: right;
}

.cellbook-lab .cb-second {
  grid-row: 2;
  grid-column: 3 / -1;
  display: flex;
  gap: 8px;
  font-size: var(--jp-ui-font-size0);
  white-space: nowrap;
}

.cellbook-lab .cb-telling {
  flex: 1 1 0;
  min-width: 0;
  overflow: hidden;
  color: var(--jp-ui-font-color1);
  text-overflow: ellipsis;
}

.cellbook-lab .cb-key {
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-error {
  color: var(--cb-worse);
}

.cellbook-lab .cb-facts {
  display: flex;
  gap: 6px;
  color: var(--jp-ui-font-color2);
  font-variant-numeric: tabular-nums;
}

.cellbook-lab .cb-rename {
  min-width: 0;
  padding: 0 2px;
  border: 1px solid var(--jp-brand-color1);
  background: var(--jp-input-active-background);
  color: var(--jp-ui-font-color0);
  font: inherit;
  user-select: text;
}

/* Over what stands below a name that is changed, which is not to move. */
.cellbook-lab .cb-rename + .cb-refusal {
  position: absolute;
  z-index: 2;
  top: calc(100% - 8px);
  right: 8px;
  left: 28px;
  padding: 4px 8px;
  border: 1px solid var(--jp-border-color2);
  border-left: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
  box-shadow: var(--jp-elevation-z4);
  font-size: var(--jp-ui-font-size0);
  font-weight: normal;
  overflow-wrap: anywhere;
  white-space: normal;
  cursor: auto;
}

/* It stands over the rows below. */
.cellbook-lab .cb-run:has(.cb-refusal) {
  z-index: 2;
  contain: none;
}

.cellbook-lab .cb-runhead h3:has(.cb-refusal) {
  position: relative;
}

.cellbook-lab .cb-notice {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 8px;
  padding: 6px 12px;
  border-top: 1px solid var(--jp-border-color2);
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-notice bdi {
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-chosen {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 6px 8px 6px 12px;
  border-top: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-chosen > span {
  flex: 1 1 0;
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  color: var(--jp-ui-font-color2);
  white-space: nowrap;
}

/* In a narrow sidebar the curve stands below the number. */
@container cb-sidebar (max-width: 300px) {
  .cellbook-lab .cb-columns {
    padding-right: 12px;
  }

  .cellbook-lab .cb-run {
    grid-template-columns: 16px 14px auto minmax(0, 1fr) minmax(48px, auto);
  }

  .cellbook-lab .cb-run .cb-second {
    grid-column: 3 / -2;
  }

  .cellbook-lab .cb-run .cb-spark {
    grid-row: 2;
    grid-column: -2 / -1;
    justify-self: end;
  }

  .cellbook-lab .cb-chosen {
    flex-wrap: wrap;
  }

  .cellbook-lab .cb-chosen > span {
    flex-basis: 100%;
  }
}
`,""]),l.d(e,{},{A:t})},60(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Models in service: how an endpoint does, and who answers it. */
.cellbook-lab .cb-service > section {
  margin: 0 0 16px;
}

.cellbook-lab .cb-service h4 {
  margin: 8px 0 4px;
}

.cellbook-lab .cb-standing {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 4px 16px;
  margin: 0 0 4px;
  padding: 8px 12px;
  border-left: 3px solid var(--jp-border-color1);
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-standing h2 {
  margin: 0;
  font-size: var(--jp-ui-font-size2);
  font-weight: 600;
}

.cellbook-lab .cb-standing p {
  margin: 0;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-standing > p:first-of-type {
  flex: 1 1 auto;
}

.cellbook-lab .cb-standing .cb-livehint {
  flex: none;
  margin-left: auto;
}

.cellbook-lab .cb-standing.cb-mod-alarm,
.cellbook-lab .cb-standing.cb-mod-drift {
  border-left-color: var(--cb-worse);
}

.cellbook-lab .cb-standing.cb-mod-fine {
  border-left-color: var(--cb-better);
}

.cellbook-lab .cb-standing.cb-mod-alarm .cb-mark,
.cellbook-lab .cb-standing.cb-mod-drift .cb-mark,
.cellbook-lab .cb-service .cb-worse {
  color: var(--cb-worse);
}

.cellbook-lab .cb-standing.cb-mod-fine .cb-mark,
.cellbook-lab .cb-service .cb-better {
  color: var(--cb-better);
}

.cellbook-lab .cb-mod-service {
  width: 100%;
}

/* The frame ends where the rows do. */
.cellbook-lab .cb-tablebox:has(> .cb-mod-service) {
  max-width: 960px;
}

.cellbook-lab .cb-mod-service .cb-num {
  font-variant-numeric: tabular-nums;
  text-align: right !important;
}

.cellbook-lab .cb-table.cb-mod-service td {
  vertical-align: middle;
}

.cellbook-lab .cb-table.cb-mod-service tr > :first-child {
  max-width: 22em;
  vertical-align: middle;
}

.cellbook-lab .cb-table.cb-mod-service .cb-why {
  min-width: 12em;
  max-width: 36em;
  white-space: normal;
}

.cellbook-lab .cb-bars,
.cellbook-lab .cb-trend {
  display: block;
}

.cellbook-lab .cb-bars .cb-now {
  fill: var(--cb-run0);
  opacity: 0.55;
}

.cellbook-lab .cb-bars .cb-then {
  fill: none;
  stroke: var(--jp-ui-font-color0);
  stroke-width: 1.5;
}

.cellbook-lab .cb-trend {
  width: 100%;
  max-width: 720px;
  overflow: visible;
}

.cellbook-lab .cb-trend text {
  fill: var(--jp-ui-font-color2);
  font-family: var(--jp-ui-font-family);
  font-size: 10px;
}

.cellbook-lab .cb-trend .cb-title {
  fill: var(--jp-ui-font-color1);
}

.cellbook-lab .cb-trend .cb-band {
  fill: var(--cb-run0);
  opacity: 0.15;
}

.cellbook-lab .cb-trend .cb-course {
  fill: none;
  stroke: var(--cb-run0);
  stroke-width: 1.5;
}

.cellbook-lab .cb-trend .cb-point {
  fill: var(--cb-run0);
  cursor: pointer;
}

.cellbook-lab .cb-trend .cb-point.cb-mod-shown {
  fill: var(--jp-layout-color1);
  stroke: var(--cb-run0);
  stroke-width: 2;
}

.cellbook-lab .cb-trend .cb-point:focus-visible {
  outline: 2px solid var(--jp-brand-color1);
  outline-offset: 2px;
}

.cellbook-lab .cb-address {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 12px;
  padding: 8px 0;
}

.cellbook-lab .cb-address code {
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-verdict {
  font-weight: 600;
}

.cellbook-lab .cb-said-lines {
  margin: 4px 0;
  padding: 0;
  list-style: none;
  color: var(--jp-ui-font-color2);
}

.cellbook-lab .cb-unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.cellbook-lab.cellbook-inline .cb-service {
  font-size: var(--jp-ui-font-size1);
}

/* What is asked has a line of its own, its answers stand side by side. */
.cellbook-lab .cb-service [role='alertdialog'] > span {
  flex: 1 1 100%;
}
`,""]),l.d(e,{},{A:t})},68(o,e,l){var a=l(52),r=l.n(a),b=l(53),t=(l.n(b))()(r());t.push([o.id,`/* Threads: the same in the sidebar, beside a cell, in a run's details and in a cell's output. */
.cellbook-lab .cb-threads {
  display: flex;
  flex-direction: column;
}

.cellbook-lab .cb-grow {
  flex: 1 1 0;
}

.cellbook-lab .cb-thread {
  padding: 8px 12px 12px;
  border-bottom: 1px solid var(--jp-border-color2);
}

.cellbook-lab .cb-thread:last-child {
  border-bottom: 0;
}

.cellbook-lab .cb-thread.cb-mod-resolved {
  background: var(--jp-layout-color2);
}

/* In the place of a thread that was just resolved, while it can be undone. */
.cellbook-lab .cb-left {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px 8px;
  min-height: 24px;
  padding: 4px 12px;
  border-bottom: 1px solid var(--jp-border-color2);
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-left > .cb-refusal {
  flex: 1 0 100%;
}

.cellbook-lab .cb-threadhead,
.cellbook-lab .cb-commenthead,
.cellbook-lab .cb-foldedhead,
.cellbook-lab .cb-excerpt,
.cellbook-lab .cb-composing {
  display: flex;
  align-items: center;
  gap: 4px;
  min-width: 0;
}

.cellbook-lab .cb-threadhead {
  flex-wrap: wrap;
  min-height: 24px;
}

.cellbook-lab .cb-anchor {
  min-width: 0;
  overflow: hidden;
  color: var(--jp-ui-font-color0);
  font-weight: 600;
  text-align: start;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab button.cb-anchor {
  padding: 0;
}

/* A long one takes a second line, no third, until it is opened. */
.cellbook-lab .cb-foldedhead > .cb-anchor {
  display: -webkit-box;
  overflow: hidden;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}

.cellbook-lab .cb-foldedhead > .cb-anchor,
.cellbook-lab .cb-threadhead > .cb-anchor {
  overflow-wrap: anywhere;
  white-space: normal;
}

/* What can be done stands beside it, however long it is; labels and people below. */
.cellbook-lab .cb-threadhead > .cb-anchor {
  flex: 1 1 0;
}

/* In a narrow sidebar its sign says it to the eye. */
@container cb-sidebar (max-width: 300px) {
  .cellbook-lab .cb-resolve > .cb-word {
    position: absolute;
    overflow: hidden;
    width: 1px;
    height: 1px;
    clip-path: inset(50%);
  }
}

.cellbook-lab .cb-told {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 4px;
  min-width: 0;
}

.cellbook-lab .cb-anchor ~ .cb-told {
  flex: 1 0 100%;
  order: 1;
}

.cellbook-lab button.cb-anchor:disabled {
  color: var(--jp-ui-font-color2);
  opacity: 1;
  text-decoration: none;
  cursor: default;
}

.cellbook-lab .cb-asked {
  order: 2;
  display: flex;
  flex: 1 0 100%;
  gap: 4px;
  min-width: 0;
}

.cellbook-lab .cb-asked input {
  box-sizing: border-box;
  flex: 1 1 0;
  min-width: 0;
  height: 24px;
  padding: 0 4px;
  border: 1px solid var(--jp-border-color1);
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font: inherit;
}

.cellbook-lab .cb-signed {
  min-width: 24px;
  height: 24px;
  padding: 0 4px;
  border-radius: 2px;
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size1);
  text-align: center;
}

.cellbook-lab .cb-signed:hover {
  background: var(--jp-layout-color3);
  color: var(--jp-ui-font-color0);
  text-decoration: none;
}

.cellbook-lab .cb-signed.cb-unfold {
  margin-inline-start: -8px;
}

.cellbook-lab .cb-check {
  display: inline-block;
  width: 16px;
}

.cellbook-lab .cb-label {
  flex: none;
  max-width: 120px;
  padding: 0 6px;
  overflow: hidden;
  border: 1px solid var(--jp-border-color1);
  border-radius: 8px;
  color: var(--jp-ui-font-color1);
  font-size: var(--jp-ui-font-size0);
  line-height: 16px;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-label.cb-mod-question {
  border-color: var(--cb-run3);
}

.cellbook-lab .cb-label.cb-mod-decision {
  border-color: var(--cb-run2);
}

.cellbook-lab .cb-label.cb-mod-todo {
  border-color: var(--cb-run4);
}

.cellbook-lab .cb-label.cb-mod-review {
  border-color: var(--cb-run5);
}

.cellbook-lab .cb-assigned {
  color: var(--jp-ui-font-color2);
  font-size: var(--jp-ui-font-size0);
  white-space: nowrap;
}

.cellbook-lab .cb-new {
  flex: none;
  padding: 0 6px;
  border-radius: 8px;
  background: var(--jp-brand-color1);
  color: var(--jp-ui-inverse-font-color1);
  font-size: var(--jp-ui-font-size0);
  line-height: 16px;
}

.cellbook-lab .cb-quote {
  margin: 4px 0;
  padding: 2px 8px;
  max-height: 84px;
  overflow: auto;
  border-inline-start: 3px solid var(--jp-border-color1);
  background: var(--jp-layout-color2);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

/* A thread that is folded. */
.cellbook-lab .cb-folded {
  display: block;
  width: 100%;
  padding: 8px 12px;
  border: 0;
  border-bottom: 1px solid var(--jp-border-color2);
  border-inline-start: 3px solid transparent;
  background: none;
  color: inherit;
  font: inherit;
  text-align: start;
  cursor: pointer;
}

.cellbook-lab .cb-folded:hover {
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-folded.cb-mod-unread {
  border-inline-start-color: var(--jp-brand-color1);
}

.cellbook-lab .cb-folded.cb-mod-resolved {
  opacity: 0.75;
}

.cellbook-lab .cb-foldedhead > .cb-anchor {
  flex: 1 1 0;
}

.cellbook-lab .cb-folded > .cb-told {
  margin-top: 4px;
}

.cellbook-lab .cb-comment > div > .cb-link {
  padding-inline-start: 0;
}

.cellbook-lab .cb-foldedhead .cb-muted,
.cellbook-lab .cb-told > .cb-muted,
.cellbook-lab .cb-lastline {
  font-size: var(--jp-ui-font-size0);
}

.cellbook-lab .cb-excerpt {
  margin-top: 4px;
}

.cellbook-lab .cb-excerpt > .cb-author {
  flex: none;
  max-width: 45%;
}

.cellbook-lab .cb-excerpt > span:last-child {
  min-width: 0;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.cellbook-lab .cb-lastline {
  display: block;
  margin-top: 2px;
  padding-inline-start: 28px;
}

.cellbook-lab .cb-lostmark {
  color: var(--jp-warn-color0, var(--jp-warn-color1));
  font-weight: 600;
}

.cellbook-lab .cb-orphan {
  margin: 4px 0;
  padding: 4px 8px 8px;
  border-inline-start: 3px solid var(--jp-warn-color1);
  background: var(--jp-layout-color2);
}

.cellbook-lab .cb-orphan p {
  margin: 2px 0;
}

.cellbook-lab .cb-orphan pre {
  max-height: 84px;
  margin: 4px 0;
  padding: 4px 8px;
  overflow: auto;
  border: 1px solid var(--jp-border-color2);
  background: var(--jp-layout-color1);
  color: var(--jp-ui-font-color1);
  font-family: var(--jp-code-font-family);
  font-size: var(--jp-code-font-size);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}

.cellbook-lab .cb-orphan .cb-composing {
  flex-wrap: wrap;
}

.cellbook-lab .cb-more {
  padding: 8px 12px;
  text-align: start;
}

.cellbook-lab .cb-long.cb-mod-folded {
  overflow: hidden;
  mask-image: linear-gradient(to bottom, black calc(100% - 24px), transparent);
}
`,""]),l.d(e,{},{A:t})},53(o){o.exports=function(o){var e=[];return e.toString=function(){return this.map(function(e){var l="",a=void 0!==e[5];return e[4]&&(l+="@supports (".concat(e[4],") {")),e[2]&&(l+="@media ".concat(e[2]," {")),a&&(l+="@layer".concat(e[5].length>0?" ".concat(e[5]):""," {")),l+=o(e),a&&(l+="}"),e[2]&&(l+="}"),e[4]&&(l+="}"),l}).join("")},e.i=function(o,l,a,r,b){"string"==typeof o&&(o=[[null,o,void 0]]);var t={};if(a)for(var c=0;c<this.length;c++){var i=this[c][0];null!=i&&(t[i]=!0)}for(var n=0;n<o.length;n++){var d=[].concat(o[n]);a&&t[d[0]]||(void 0!==b&&(void 0===d[5]||(d[1]="@layer".concat(d[5].length>0?" ".concat(d[5]):""," {").concat(d[1],"}")),d[5]=b),l&&(d[2]&&(d[1]="@media ".concat(d[2]," {").concat(d[1],"}")),d[2]=l),r&&(d[4]?(d[1]="@supports (".concat(d[4],") {").concat(d[1],"}"),d[4]=r):d[4]="".concat(r)),e.push(d))}},e}},52(o){o.exports=function(o){return o[1]}},45(o){var e=[];function l(o){for(var l=-1,a=0;a<e.length;a++)if(e[a].identifier===o){l=a;break}return l}function a(o,a){for(var r={},b=[],t=0;t<o.length;t++){var c=o[t],i=a.base?c[0]+a.base:c[0],n=r[i]||0,d="".concat(i," ").concat(n);r[i]=n+1;var p=l(d),s={css:c[1],media:c[2],sourceMap:c[3],supports:c[4],layer:c[5]};if(-1!==p)e[p].references++,e[p].updater(s);else{var u=function(o,e){var l=e.domAPI(e);return l.update(o),function(e){e?(e.css!==o.css||e.media!==o.media||e.sourceMap!==o.sourceMap||e.supports!==o.supports||e.layer!==o.layer)&&l.update(o=e):l.remove()}}(s,a);a.byIndex=t,e.splice(t,0,{identifier:d,updater:u,references:1})}b.push(d)}return b}o.exports=function(o,r){var b=a(o=o||[],r=r||{});return function(o){o=o||[];for(var t=0;t<b.length;t++){var c=l(b[t]);e[c].references--}for(var i=a(o,r),n=0;n<b.length;n++){var d=l(b[n]);0===e[d].references&&(e[d].updater(),e.splice(d,1))}b=i}}},47(o){var e={};o.exports=function(o,l){var a=function(o){if(void 0===e[o]){var l=document.querySelector(o);if(window.HTMLIFrameElement&&l instanceof window.HTMLIFrameElement)try{l=l.contentDocument.head}catch(o){l=null}e[o]=l}return e[o]}(o);if(!a)throw Error("Couldn't find a style target. This probably means that the value for the 'insert' parameter is invalid.");a.appendChild(l)}},49(o){o.exports=function(o){var e=document.createElement("style");return o.setAttributes(e,o.attributes),o.insert(e,o.options),e}},48(o,e,l){o.exports=function(o){var e=l.nc;e&&o.setAttribute("nonce",e)}},46(o){o.exports=function(o){if("u"<typeof document)return{update:function(){},remove:function(){}};var e=o.insertStyleElement(o);return{update:function(l){var a,r,b;a="",l.supports&&(a+="@supports (".concat(l.supports,") {")),l.media&&(a+="@media ".concat(l.media," {")),(r=void 0!==l.layer)&&(a+="@layer".concat(l.layer.length>0?" ".concat(l.layer):""," {")),a+=l.css,r&&(a+="}"),l.media&&(a+="}"),l.supports&&(a+="}"),(b=l.sourceMap)&&"u">typeof btoa&&(a+="\n/*# sourceMappingURL=data:application/json;base64,".concat(btoa(unescape(encodeURIComponent(JSON.stringify(b))))," */")),o.styleTagTransform(a,e,o.options)},remove:function(){var o;null===(o=e).parentNode||o.parentNode.removeChild(o)}}}},50(o){o.exports=function(o,e){if(e.styleSheet)e.styleSheet.cssText=o;else{for(;e.firstChild;)e.removeChild(e.firstChild);e.appendChild(document.createTextNode(o))}}},44(o,e,l){var a=l(45),r=l.n(a),b=l(46),t=l.n(b),c=l(47),i=l.n(c),n=l(48),d=l.n(n),p=l(49),s=l.n(p),u=l(50),f=l.n(u),h=l(51),x={};x.styleTagTransform=f(),x.setAttributes=d(),x.insert=i().bind(null,"head"),x.domAPI=t(),x.insertStyleElement=s(),r()(h.A,x),h.A&&h.A.locals&&h.A.locals;var k=l(54),g={};g.styleTagTransform=f(),g.setAttributes=d(),g.insert=i().bind(null,"head"),g.domAPI=t(),g.insertStyleElement=s(),r()(k.A,g),k.A&&k.A.locals&&k.A.locals;var m=l(55),v={};v.styleTagTransform=f(),v.setAttributes=d(),v.insert=i().bind(null,"head"),v.domAPI=t(),v.insertStyleElement=s(),r()(m.A,v),m.A&&m.A.locals&&m.A.locals;var w=l(56),j={};j.styleTagTransform=f(),j.setAttributes=d(),j.insert=i().bind(null,"head"),j.domAPI=t(),j.insertStyleElement=s(),r()(w.A,j),w.A&&w.A.locals&&w.A.locals;var y=l(57),z={};z.styleTagTransform=f(),z.setAttributes=d(),z.insert=i().bind(null,"head"),z.domAPI=t(),z.insertStyleElement=s(),r()(y.A,z),y.A&&y.A.locals&&y.A.locals;var A=l(58),T={};T.styleTagTransform=f(),T.setAttributes=d(),T.insert=i().bind(null,"head"),T.domAPI=t(),T.insertStyleElement=s(),r()(A.A,T),A.A&&A.A.locals&&A.A.locals;var I=l(59),N={};N.styleTagTransform=f(),N.setAttributes=d(),N.insert=i().bind(null,"head"),N.domAPI=t(),N.insertStyleElement=s(),r()(I.A,N),I.A&&I.A.locals&&I.A.locals;var S=l(60),C={};C.styleTagTransform=f(),C.setAttributes=d(),C.insert=i().bind(null,"head"),C.domAPI=t(),C.insertStyleElement=s(),r()(S.A,C),S.A&&S.A.locals&&S.A.locals;var E=l(61),P={};P.styleTagTransform=f(),P.setAttributes=d(),P.insert=i().bind(null,"head"),P.domAPI=t(),P.insertStyleElement=s(),r()(E.A,P),E.A&&E.A.locals&&E.A.locals;var q=l(62),M={};M.styleTagTransform=f(),M.setAttributes=d(),M.insert=i().bind(null,"head"),M.domAPI=t(),M.insertStyleElement=s(),r()(q.A,M),q.A&&q.A.locals&&q.A.locals;var W=l(63),L={};L.styleTagTransform=f(),L.setAttributes=d(),L.insert=i().bind(null,"head"),L.domAPI=t(),L.insertStyleElement=s(),r()(W.A,L),W.A&&W.A.locals&&W.A.locals;var R=l(64),F={};F.styleTagTransform=f(),F.setAttributes=d(),F.insert=i().bind(null,"head"),F.domAPI=t(),F.insertStyleElement=s(),r()(R.A,F),R.A&&R.A.locals&&R.A.locals;var J=l(65),O={};O.styleTagTransform=f(),O.setAttributes=d(),O.insert=i().bind(null,"head"),O.domAPI=t(),O.insertStyleElement=s(),r()(J.A,O),J.A&&J.A.locals&&J.A.locals;var H=l(66),B={};B.styleTagTransform=f(),B.setAttributes=d(),B.insert=i().bind(null,"head"),B.domAPI=t(),B.insertStyleElement=s(),r()(H.A,B),H.A&&H.A.locals&&H.A.locals;var D=l(67),U={};U.styleTagTransform=f(),U.setAttributes=d(),U.insert=i().bind(null,"head"),U.domAPI=t(),U.insertStyleElement=s(),r()(D.A,U),D.A&&D.A.locals&&D.A.locals;var X=l(68),_={};_.styleTagTransform=f(),_.setAttributes=d(),_.insert=i().bind(null,"head"),_.domAPI=t(),_.insertStyleElement=s(),r()(X.A,_),X.A&&X.A.locals&&X.A.locals;var V=l(69),G={};G.styleTagTransform=f(),G.setAttributes=d(),G.insert=i().bind(null,"head"),G.domAPI=t(),G.insertStyleElement=s(),r()(V.A,G),V.A&&V.A.locals&&V.A.locals;var K=l(70),Q={};Q.styleTagTransform=f(),Q.setAttributes=d(),Q.insert=i().bind(null,"head"),Q.domAPI=t(),Q.insertStyleElement=s(),r()(K.A,Q),K.A&&K.A.locals&&K.A.locals;var Y=l(71),Z={};Z.styleTagTransform=f(),Z.setAttributes=d(),Z.insert=i().bind(null,"head"),Z.domAPI=t(),Z.insertStyleElement=s(),r()(Y.A,Z),Y.A&&Y.A.locals&&Y.A.locals;var $=l(72),oo={};oo.styleTagTransform=f(),oo.setAttributes=d(),oo.insert=i().bind(null,"head"),oo.domAPI=t(),oo.insertStyleElement=s(),r()($.A,oo),$.A&&$.A.locals&&$.A.locals}}]);