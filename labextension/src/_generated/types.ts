/**
 * The structs that Cellbook's server sends, made from its dataclasses by generate_types.py.
 * Do not edit: `python labextension/generate_types.py` writes this file anew.
 */

/** A number; one that JSON has no form for comes as its name. */
export type Real = number | 'NaN' | 'Infinity' | '-Infinity';

/** What kind of thing a thread hangs on. */
export type AnchorKind = 'notebook' | 'cell' | 'output' | 'run' | 'metric' | 'comparison' | 'dashboard' | 'checkpoint' | 'dataset' | 'model' | 'board';

/** How an anchor was found. */
export type AnchorState = 'found' | 'moved' | 'suggested' | 'orphaned';

/** What a thread hangs on, and where that is now. */
export interface AnchorView {
  kind: AnchorKind;
  notebook: string;
  cell_id: string;
  quote: string;
  output: number | null;
  runs: string[];
  metric: string;
  step: number | null;
  checkpoint: string;
  name: string;
  version: string;
  candidate: string;
  title: string;
  state: AnchorState;
  suggestion: string;
  source: string;
}

/** One file of a run; the bytes are a blob under `digest`. */
export interface Artifact {
  artifact_id: string;
  run: string;
  path: string;
  digest: string;
  size: number;
  time: number;
  kind: string;
  media_type: string;
  step: number | null;
  cell: string | null;
  automatic: boolean;
  meta: Record<string, unknown>;
}

/** How a book stands. */
export interface BookState {
  exists: boolean;
  url: string;
  book_id: string;
  read_only: string;
  runs: number;
  checkpoints: number;
  checkpoints_size: number;
  checkpoints_quota: number;
  message: string;
}

/** A cell of the document that differs. */
export interface CellChange {
  change: Change;
  place: number;
  lines: string[];
}

/** What one cell wrote. */
export interface CellConsole {
  execution_id: string;
  execution_count: number | null;
  stdout: string;
  stderr: string;
  traceback: string;
}

/** One execution of one cell, failed and interrupted ones too. */
export interface CellExecution {
  execution_id: string;
  session: string;
  source: string;
  state: CellState;
  start_time: number;
  order: number;
  execution_count: number | null;
  run: string | null;
  cell_id: string | null;
  notebook: string | null;
  end_time: number | null;
  duration: Real | null;
  stdout: string;
  stderr: string;
  outputs: Output[];
  error: string | null;
  traceback: string;
  reads: string[];
  writes: string[];
  memory_delta: number | null;
  stale: string[];
  note: string;
}

/** How a cell ran last. */
export interface CellMark {
  cell_id: string;
  execution_id: string;
  run_id: string | null;
  run_number: number;
  run_name: string;
  run_state: RunState | null;
  state: CellState;
  start_time: number;
  duration: Real | null;
  error: string | null;
  stale: string[];
  source_hash: string;
  executions: number;
  execution_count: number | null;
}

/** How the execution stands, or how it ended. */
export type CellState = 'running' | 'ok' | 'error' | 'interrupted' | 'killed';

/** One execution of a cell, with all that it put out. */
export interface CellVersion {
  execution_id: string;
  source: string;
  source_hash: string;
  outputs: (Record<string, unknown>)[];
  start_time: number;
  duration: Real | null;
  state: CellState;
  error: string | null;
  run_id: string | null;
  run_number: number;
  run_name: string;
  stale: string[];
  execution_count: number | null;
  note: string;
}

/** What happened to a cell or variable. */
export type Change = 'added' | 'removed' | 'changed';

/** One place in a variable that differs. */
export interface ChangedPlace {
  where: string;
  before: string;
  after: string;
}

/** The document and the kernel's state at one moment, and what they belong to. */
export interface Checkpoint {
  checkpoint_id: string;
  session_id: string;
  kind: CheckpointKind;
  time: number;
  state: StoredBytes;
  parent: string | null;
  label: string | null;
  notebook: string | null;
  document: StoredBytes | null;
  execution_id: string | null;
  order: number | null;
  run_id: string | null;
  python: string;
  author: string;
  signature: string;
  seal: string;
  variables: number;
  size: number;
  stored: number;
  seconds: Real;
  waited: Real;
  added: string[];
  changed: string[];
  removed: string[];
  lost: Record<string, string>;
  live: Record<string, string>;
}

/** How two checkpoints differ. */
export interface CheckpointDifference {
  first: number;
  second: number;
  variables: VariableChange[];
  cells: CellChange[];
  documents: boolean;
  unchanged: number;
}

/** Why a checkpoint was saved. */
export type CheckpointKind = 'manual' | 'cell' | 'run start' | 'run end' | 'before restore';

/** A cell of one or of both runs, as it last ran in each. */
export interface CodeCell {
  cell_id: string;
  change: Change | null;
  before: string;
  after: string;
  prompts: [number | null, number | null];
  times: [number, number];
}

/** What two runs were made by. */
export interface CodeComparison {
  runs: [RunHead, RunHead];
  notebooks: [string, string];
  cells: CodeCell[];
  counts: [number, number];
  left_out: number;
  environment: EnvironmentDifference;
}

/** What a comment said, the oldest first. */
export interface CommentHistory {
  revisions: RevisionView[];
}

/** An entry of a thread. */
export interface CommentView {
  comment_id: string;
  author: Person;
  time: number;
  text: string;
  html: string;
  edited: boolean;
  revisions: number;
  mentions: string[];
  reactions: ReactionView[];
  deleted: boolean;
  event: string;
  mine: boolean;
  unread: boolean;
  imported: string;
}

/** One value of one run. */
export interface CompareCell {
  text: string;
  full: string;
  missing: boolean;
  delta: string;
  verdict: Verdict;
  reached: boolean | null;
  value: unknown;
}

/** One param, metric, tag or fact, across the runs. */
export interface CompareRow {
  group: Group;
  name: string;
  cells: CompareCell[];
  differs: boolean;
  key: string;
  numeric: boolean;
  direction: Direction | null;
}

/** The rank correlation of each two of some columns. */
export interface Correlations {
  names: string[];
  rows: ((Real | null)[])[];
  counts: number[][];
  left_out: number;
  problem: string;
  blank: string[];
}

/** One metric of one run, thinned for drawing; the three lists are of one length. */
export interface Curve {
  run_id: string;
  name: string;
  steps: number[];
  times: Real[];
  values: Real[];
  count: number;
}

/** The lines of one metric. */
export interface CurveLines {
  metric: string;
  axis: string;
  lines: DrawnLine[];
  missing: number[];
  marks: LineMark[];
  goal: Real | null;
  unmarked: number;
}

/** The names of a book's dashboards, in order. */
export interface DashboardNames {
  names: string[];
}

/** One panel: which runs it is of, and how they are looked at. */
export interface DashboardPanel {
  title: string;
  runs: string[];
  query: string;
  limit: number;
  look: Record<string, unknown>;
  width: string;
}

/** A package or a fact that differs; empty where there is none. */
export interface Difference {
  name: string;
  before: string;
  after: string;
}

/** Which way a metric should go. */
export type Direction = 'more is better' | 'less is better';

/** One line: of a run, or of the mean of several. */
export interface DrawnLine {
  label: string;
  number: number;
  run_ids: string[];
  xs: Real[];
  ys: Real[];
  raw: Real[];
  lower: Real[];
  upper: Real[];
  best: [Real, Real] | null;
  count: number;
  nonpositive: number;
}

/** Interpreter, packages, hardware and code of one session. */
export interface Environment {
  environment_id: string;
  python: string;
  implementation: string;
  executable: string;
  platform: string;
  os: string;
  hostname: string;
  cpu: string;
  cpu_count: number;
  memory: number;
  gpus: string[];
  packages: Record<string, string>;
  command: string[];
  cwd: string;
  git: GitState | null;
}

/** How what two runs ran on differs. */
export interface EnvironmentDifference {
  known: [boolean, boolean];
  facts: Difference[];
  packages: Difference[];
  same_packages: number;
  patches: [string, string];
  patch_notes: [string, string];
}

/** A notebook that was made. */
export interface Forked {
  fork_id: string;
  notebook: string;
  name: string;
  origin: string;
  cells: number;
  note: string;
}

/** Where the code stood in git. */
export interface GitState {
  commit: string;
  branch: string;
  remote: string;
  dirty: boolean;
  patch: string;
  note: string;
}

/** How a run stands to the goal of one of its metrics. */
export interface GoalStanding {
  name: string;
  goal: Real;
  direction: Direction;
  value: Real;
  reached: boolean;
}

/** One column: a param, metric, tag or fact of runs. */
export interface GridColumn {
  key: string;
  field: string;
  group: Group;
  name: string;
  numeric: boolean;
  direction: Direction | null;
  differs: boolean;
  count: number;
}

/** Columns that a table of runs can show. */
export interface GridColumns {
  columns: GridColumn[];
  total: number;
}

/** A table as a file. */
export interface GridFile {
  name: string;
  media_type: string;
  content: string;
}

/** By which column a table is in order. */
export interface GridOrder {
  key: string;
  descending: boolean;
}

/** One run; what lies in the columns is in lists as long as these are. */
export interface GridRow {
  run_id: string;
  number: number;
  name: string;
  state: RunState;
  stale: number;
  nested: boolean;
  archived: boolean;
  trashed: boolean;
  spark: Real[];
  texts: (string | null)[];
  full: string[];
  deltas: string[];
  verdicts: Verdict[];
  reached: (boolean | null)[];
  start_time: number;
}

/** What the rows of a comparison are about, in the order they are shown. */
export type Group = 'Metrics' | 'Params' | 'Data' | 'Run' | 'Tags' | 'Environment';

/** How much a metric depends on each param. */
export interface Importances {
  metric: string;
  method: string;
  methods: string[];
  told: string;
  params: ParamImportance[];
  runs: number;
  score: Real | null;
  notes: string[];
  problem: string;
}

/** What the tree has in one place beside a checkpoint: a dot, and lines from the middle. */
export interface Lane {
  dot: boolean;
  up: boolean;
  down: boolean;
  left: boolean;
  right: boolean;
}

/** A milestone, or a stage, of one of the runs, where it lies on the axis. */
export interface LineMark {
  number: number;
  name: string;
  start: Real;
  end: Real | null;
}

/** What runs show, side by side. */
export interface MediaComparison {
  runs: RunHead[];
  series: MediaSeries[];
}

/** One artifact that can be looked at. */
export interface MediaItem {
  path: string;
  step: number | null;
  media_type: string;
  digest: string;
  size: number;
}

/** What several runs, or several steps, have under one name. */
export interface MediaSeries {
  name: string;
  kind: string;
  steps: number[];
  items: MediaItem[][];
}

/** One metric of one run in a nutshell; made when the run ends. */
export interface MetricStats {
  count: number;
  min: Real;
  max: Real;
  step: number;
  mean: Real | null;
  sum: Real | null;
  median: Real | null;
}

/** A named moment of a run; times are milliseconds since 1970 (UTC). */
export interface Milestone {
  milestone_id: string;
  run: string;
  name: string;
  time: number;
  step: number | null;
}

/** One output of a cell, in nbformat's terms. */
export interface Output {
  output_type: string;
  data: Record<string, unknown>;
  blobs: Record<string, string>;
  note: string;
}

/** How much a metric depends on one param. */
export interface ParamImportance {
  name: string;
  value: Real;
  spread: Real | null;
}

/** What a column is of. */
export type Part = 'params' | 'metrics' | 'run';

/** Everyone who ever wrote in the book. */
export interface PeoplePage {
  people: Person[];
  me: Person | null;
}

/** Somebody who writes in the book. */
export interface Person {
  name: string;
  display_name: string;
  initials: string;
  mine: boolean;
}

/** What a text will look like. */
export interface Preview {
  html: string;
}

/** How often somebody reacted in one way. */
export interface ReactionView {
  emoji: string;
  count: number;
  names: string[];
  mine: boolean;
}

/** A run, as a point or a line of a picture is labelled. */
export interface RelatedRun {
  run_id: string;
  number: number;
  name: string;
}

/** One param or metric across the runs: numbers, or labels and the place of each run's. */
export interface RelationColumn {
  name: string;
  part: Part;
  key: string;
  numbers: (Real | null)[];
  labels: string[];
  codes: (number | null)[];
  log: boolean;
  direction: Direction | null;
  count: number;
}

/** The columns of some runs that differ between them. */
export interface Relations {
  runs: RelatedRun[];
  columns: RelationColumn[];
  others: string[];
  same: number;
  missing: string[];
}

/** How a review stands. */
export interface ReviewView {
  of: string[];
  state: string;
  by: string;
  approved: string[];
  returned: string[];
}

/** One state of a comment's text. */
export interface RevisionView {
  text: string;
  html: string;
  time: number;
}

/** Runs beside one another. */
export interface RunComparison {
  runs: RunHead[];
  baseline: number;
  rows: CompareRow[];
  metrics: string[];
  missing: string[];
}

/** What the cells of a run wrote, oldest first; of long texts the end. */
export interface RunConsole {
  cells: CellConsole[];
  cut: boolean;
}

/** All that is on record of one run, but for its points and the bytes of its files. */
export interface RunDetails {
  record: RunRecord;
  duration: Real | null;
  parent: RunHead | null;
  artifacts: Artifact[];
  cells: CellExecution[];
  earlier_cells: number;
  goals: GoalStanding[];
  milestones: Milestone[];
  stages: Stage[];
  environment: Environment | null;
  now: number;
}

/** A run at the head of its column. */
export interface RunHead {
  run_id: string;
  number: number;
  name: string;
  state: RunState;
  running: boolean;
  trashed: boolean;
  notes: string;
}

/** The frozen copy of a run; :class:`cellbook.Run` is the live handle. */
export interface RunRecord {
  run_id: string;
  run_name: string;
  experiment: string;
  state: RunState;
  start_time: number;
  end_time: number | null;
  run_number: number;
  description: string;
  parent: string | null;
  session: string | null;
  environment: string | null;
  notebook: string | null;
  cells: string[];
  params: Record<string, unknown>;
  metrics: Record<string, Real>;
  tags: Record<string, string>;
  stats: Record<string, MetricStats>;
  param_history: Record<string, unknown>;
  inputs: Record<string, unknown>;
  points: Record<string, unknown>;
  error: string | null;
  archived: boolean;
  trashed: number | null;
}

/** One run in a list. */
export interface RunRow {
  run_id: string;
  number: number;
  name: string;
  state: RunState;
  experiment: string;
  start_time: number;
  duration: Real | null;
  params: Record<string, unknown>;
  metrics: Record<string, Real>;
  goals: Record<string, boolean>;
  spark: Real[];
  notes: string;
  error: string | null;
  stale: number;
  nested: boolean;
  archived: boolean;
  trashed: boolean;
}

/** How a run stands, or how it ended. */
export type RunState = 'running' | 'finished' | 'failed' | 'stopped' | 'crashed';

/** A page of a table of runs. */
export interface RunsGrid {
  columns: GridColumn[];
  rows: GridRow[];
  offset: number;
  total: number;
  baseline: GridRow | null;
  order: GridOrder | null;
  known: number;
  differing: number;
  empty_book: boolean;
  hint: string;
  now: number;
  note: string;
}

/** The newest runs that a query finds, and which of their params and metrics tell them apart. */
export interface RunsPage {
  rows: RunRow[];
  params: string[];
  metrics: string[];
  spark_metric: string | null;
  query: string;
  more: boolean;
  empty_book: boolean;
  hint: string;
  now: number;
  note: string;
}

/** The brief of a notebook. */
export interface ShownBrief {
  thread_id: string;
  thread: ThreadView | null;
}

/** A dashboard as it is now. */
export interface ShownDashboard {
  name: string;
  changed: number;
  panels: ShownPanel[];
}

/** A panel of a dashboard as it is now. */
export interface ShownPanel {
  panel: DashboardPanel;
  runs: string[];
  problem: string;
}

/** A named span of a run; one without an end lasts until the run's own. */
export interface Stage {
  stage_id: string;
  run: string;
  name: string;
  start_time: number;
  start_step: number | null;
  end_time: number | null;
  end_step: number | null;
}

/** Bytes in the book's packs. */
export interface StoredBytes {
  length: number;
  key: string;
}

/** What lies between runs by linear interpolation, and nothing beyond them. */
export interface Surface {
  xs: Real[];
  ys: Real[];
  rows: ((Real | null)[])[];
  places: number;
  runs: number;
  problem: string;
}

/** The beginning of a table, as text. */
export interface TablePreview {
  columns: string[];
  rows: string[][];
  total_rows: number;
  total_columns: number;
}

/** How many threads each filter finds. */
export interface ThreadCounts {
  all: number;
  open: number;
  mine: number;
  mentions: number;
  unread: number;
  orphaned: number;
  resolved: number;
}

/** What a thread is for. */
export type ThreadKind = 'discussion' | 'brief' | 'review';

/** A thread as it is now. */
export interface ThreadView {
  thread_id: string;
  kind: ThreadKind;
  anchor: AnchorView;
  author: Person;
  time: number;
  last_time: number;
  resolved: boolean;
  labels: string[];
  assigned: string[];
  comments: CommentView[];
  count: number;
  unread: number;
  brief: Record<string, string>;
  review: ReviewView;
}

/** Some of the threads of a notebook or a book: open ones first, the liveliest before. */
export interface ThreadsPage {
  threads: ThreadView[];
  total: number;
  more: boolean;
  counts: ThreadCounts;
  people: Person[];
  me: Person | null;
  labels: string[];
  read_only: string;
  notice: string;
}

/** The newest checkpoints of a notebook, oldest first. */
export interface Timeline {
  rows: TimelineRow[];
  older: number;
  size: number;
}

/** One checkpoint in the tree. */
export interface TimelineRow {
  number: number;
  checkpoint: Checkpoint;
  lanes: Lane[];
  cell: string;
  run: string;
  changes: string;
  is_now: boolean;
}

/** A variable that differs. */
export interface VariableChange {
  name: string;
  change: Change;
  before: string;
  after: string;
  detail: string;
  places: ChangedPlace[];
}

/** How a value stands to the baseline's. */
export type Verdict = '' | 'better' | 'worse';
