/**
 * The structs that Cellbook's server sends, made from its dataclasses by generate_types.py.
 * Do not edit: `python labextension/generate_types.py` writes this file anew.
 */

/** A number; one that JSON has no form for comes as its name. */
export type Real = number | 'NaN' | 'Infinity' | '-Infinity';

/** Something of which somebody is to be told. */
export interface AlarmNotice {
  event_id: string;
  endpoint: string;
  raised: boolean;
  message: string;
  time: number;
}

/** What is to be told since somebody looked last. */
export interface AlarmNotices {
  newest: string;
  notices: AlarmNotice[];
}

/** What a window did to a rule. */
export type AlarmStep = 'kept' | 'broken' | 'raised' | 'still' | 'quiet' | 'cleared' | 'skipped';

/** An alias that was set, moved or taken away. */
export interface AliasMove {
  name: string;
  alias: string;
  dataset_id: string;
  time: number;
}

/** What kind of thing a thread hangs on. */
export type AnchorKind = 'notebook' | 'cell' | 'output' | 'run' | 'metric' | 'comparison' | 'dashboard' | 'checkpoint' | 'dataset' | 'model' | 'board';

/** How an anchor was found. */
export type AnchorState = 'found' | 'moved' | 'suggested' | 'orphaned' | 'elsewhere';

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

/** What is to be said of an arm beside the champion. */
export type ArmVerdict = '' | 'few' | 'open' | 'better' | 'worse';

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
  streams: Record<string, string>;
  outputs: Output[];
  error: string | null;
  traceback: string;
  reads: string[];
  writes: string[];
  kinds: Record<string, string> | null;
  draws: string[];
  process: string[] | null;
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

/** One column: what it holds, and how that is spread. */
export interface ColumnProfile {
  name: string;
  dtype: string;
  missing: number;
  distinct: number | null;
  least: Real | null;
  greatest: Real | null;
  mean: Real | null;
  deviation: Real | null;
  quantiles: Real[];
  counts: number[];
  top: Record<string, number>;
}

/** How one column of both is spread in each. */
export interface ColumnShift {
  name: string;
  before: ColumnProfile;
  after: ColumnProfile;
  psi: Real | null;
  statistic: Real | null;
  p_value: Real | null;
  test: string;
  edges: Real[];
  labels: string[];
  counts_before: number[];
  counts_after: number[];
}

/** Comments that were not deleted, by the id of what they are about. */
export interface CommentCounts {
  runs: Record<string, number>;
  checkpoints: Record<string, number>;
  points: Record<string, number>;
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
  about: string;
  mine: boolean;
  unread: boolean;
  imported: string;
  edited_in: string;
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

/** The cell that made a version, as far as that is known, else the one that tracked it first. */
export interface DataCell {
  cell_id: string;
  execution_count: number | null;
  notebook: string;
  source: string;
}

/** Runs beside one another, by the data that they used. */
export interface DataComparison {
  runs: RunHead[];
  baseline: number;
  rows: DataRow[];
  warnings: string[];
  missing: string[];
}

/** All that is known of a version of a data set. */
export interface DataDetails {
  version: DatasetVersion;
  extent: string;
  runs: DataRun[];
  earlier_runs: number;
  parents: DataName[];
  implied: boolean;
  children: DataName[];
  versions: ListedData[];
  moves: AliasMove[];
  cell: DataCell | null;
  profile: DataProfile | null;
  now: number;
}

/** How two versions differ. */
export interface DataDiff {
  before: DataSide;
  after: DataSide;
  same: boolean;
  added: string[];
  removed: string[];
  retyped: Record<string, string[]>;
  reordered: boolean;
  rows: RowsDifference | null;
  columns: ColumnShift[];
  notes: string[];
  files: FilesDifference | null;
}

/** A version, by what it is called. */
export interface DataName {
  dataset_id: string;
  label: string;
}

/** Versions of data sets that somebody looks for, the data set that was tracked last first. */
export interface DataPage {
  rows: ListedData[];
  total: number;
  empty_book: boolean;
  now: number;
}

/** A table in a few numbers. */
export interface DataProfile {
  rows: number;
  columns: ColumnProfile[];
  looked_at: number;
  left_out: number;
}

/** A data set, and what each run used of it. */
export interface DataRow {
  name: string;
  cells: UsedData[][];
  differs: boolean;
}

/** A run that used a version, or made it. */
export interface DataRun {
  run: RunHead;
  roles: string[];
  made: boolean;
  start_time: number;
}

/** One of the two. */
export interface DataSide {
  label: string;
  kind: string;
  digest: string;
  rows: number | null;
  columns: number | null;
  size: number;
  created: number;
}

/** One content of the data of a name: another content is another version. */
export interface DatasetVersion {
  dataset_id: string;
  name: string;
  digest: string;
  created: number;
  version: number;
  labels: string[];
  source: string;
  labelled: Record<string, number>;
  kind: string;
  size: number;
  rows: number | null;
  columns: number | null;
  manifest: string;
  content: string;
  profile: string;
  etag: string;
  made: Record<string, string>;
  parents: Record<string, number>;
  implied: Record<string, number>;
  maker: string;
  tracked: number;
  modified: number;
  deleted: number;
  aliases: string[];
}

/** One thing that is not as it was. */
export interface Difference {
  what: string;
  name: string;
  was: string;
  now: string;
  within: boolean;
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
  steps: number[];
}

/** A lineage, and where what of it stands in a picture. */
export interface DrawnLineage {
  lineage: Lineage;
  width: Real;
  height: Real;
  boxes: LineageBox[];
  arrows: LineageArrow[];
  words: LineageWord[];
}

/** One arm. */
export interface EndpointArm {
  name: string;
  model: string;
  version: string;
  shadow: boolean;
  share: Real;
  requests: number;
  refused: number;
  failed: number;
  median: Real | null;
  p95: Real | null;
  outcomes: number;
  mean: Real | null;
  low: Real | null;
  high: Real | null;
  agreed: number;
  disagreed: number;
  missed: number;
  p_value: Real | null;
  verdict: ArmVerdict;
  says: string;
  label: string;
  follows: string;
}

/** All there is to see of it. */
export interface EndpointPage {
  name: string;
  url: string;
  state: EndpointState;
  trouble: string;
  strategy: string;
  recorded: boolean;
  metric: string;
  less: boolean;
  arms: EndpointArm[];
  since: number | null;
  before: string;
  command: string;
  said: string[];
}

/** Whether it answers. */
export type EndpointState = 'loading' | 'answers' | 'ended';

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
  variables: Record<string, string>;
  libraries: Record<string, string>;
  sources: Record<string, unknown>;
}

/** How what two runs ran on differs. */
export interface EnvironmentDifference {
  known: [boolean, boolean];
  facts: FactDifference[];
  packages: FactDifference[];
  same_packages: number;
  patches: [string, string];
  patch_notes: [string, string];
}

/** What an approval rests upon. */
export type EvidenceKind = 'board' | 'check' | 'thread' | 'run';

/** A package or a fact that differs; empty where there is none. */
export interface FactDifference {
  name: string;
  before: string;
  after: string;
}

/** A file that is new, gone or another one. */
export interface FileChange {
  path: string;
  before: number | null;
  after: number | null;
}

/** How many files are new, gone and changed. */
export interface FilesDifference {
  added: number;
  removed: number;
  changed: number;
  same: number;
  examples: FileChange[];
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
  flags: string[];
  nested: boolean;
  archived: boolean;
  trashed: boolean;
  reproduces: string;
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

/** All that led to one thing, and all that came of it. */
export interface Lineage {
  target: string;
  nodes: LineageNode[];
  edges: LineageEdge[];
  notes: string[];
  is_whole: boolean;
}

/** How an arrow goes: past the boxes that stand between its ends, not behind them. */
export interface LineageArrow {
  path: string;
  x: Real;
  y: Real;
}

/** Where a node is drawn, in pixels. */
export interface LineageBox {
  node_id: string;
  left: Real;
  top: Real;
  width: Real;
  title: string;
  detail: string;
}

/** That one thing went into, or came out of, another. */
export interface LineageEdge {
  before: string;
  after: string;
  what: string;
  role: string;
  implied: boolean;
}

/** What a node of a lineage is. */
export type LineageKind = 'source' | 'data' | 'cell' | 'rows' | 'run' | 'file' | 'checkpoint' | 'notebook' | 'model' | 'alias' | 'endpoint' | 'predictions' | 'more';

/** One thing of a lineage. */
export interface LineageNode {
  node_id: string;
  kind: LineageKind;
  title: string;
  detail: string;
  time: number | null;
  end: number | null;
  facts: Record<string, string>;
}

/** What an arrow says, and where. */
export interface LineageWord {
  text: string;
  x: Real;
  y: Real;
  first: boolean;
}

/** A version in a list. */
export interface ListedData {
  version: DatasetVersion;
  extent: string;
  runs: number;
  versions: number;
}

/** Rows that went into something, without their positions. */
export interface ListedRows {
  subset_id: string;
  dataset_id: string;
  data: string;
  role: string;
  rows: number;
  of: number;
  estimator: string;
  selector: string;
  doubts: string[];
  times: number;
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

/** What came of building a version in a clean environment. */
export interface ModelCheck {
  time: number;
  by: string;
  problem: string;
  text: string;
  tested: boolean;
}

/** A check that has found nothing, or not yet. */
export interface ModelChecking {
  time: number;
  by: string;
  problem: string;
}

/** A column that a model takes or gives; of a tensor the only one. */
export interface ModelColumn {
  name: string;
  dtype: string;
  nullable: boolean;
  text: string;
}

/** Versions side by side. */
export interface ModelComparison {
  versions: ModelVersionRow[];
  facts: ModelFact[];
}

/** One thing that was done, as people read it. */
export interface ModelDeed {
  event_id: string;
  kind: ModelEventKind;
  time: number;
  by: string;
  version: string;
  text: string;
  reason: string;
  evidence: ModelEvidence[];
}

/** That an endpoint answers, or answered, with a version: one arm of one start of it. */
export interface ModelEndpoint {
  endpoint_id: string;
  name: string;
  address: string;
  host: string;
  by: string;
  strategy: string;
  records: boolean;
  arm: string;
  asked: string;
  weight: Real;
  shadow: boolean;
  since: number;
  until: number | null;
  killed: boolean;
}

/** What was done. */
export type ModelEventKind = 'registered' | 'alias' | 'stage' | 'approved' | 'rejected' | 'checked' | 'protected' | 'described' | 'tagged' | 'owned' | 'deprecated' | 'deleted';

/** What an approval rests upon. */
export interface ModelEvidence {
  kind: EvidenceKind;
  target: string;
  text: string;
}

/** One line of a comparison of versions. */
export interface ModelFact {
  section: string;
  name: string;
  values: string[];
  differs: boolean;
}

/** A file of a version. */
export interface ModelFile {
  path: string;
  sha256: string;
}

/** The models of a book, the one that was changed last first. */
export interface ModelList {
  models: ModelRow[];
  empty_book: boolean;
  now: number;
  note: string;
}

/** A model with all its versions. */
export interface ModelPage {
  name: string;
  description: string;
  description_html: string;
  tags: Record<string, string>;
  owners: string[];
  deprecated: string;
  protections: ModelProtection[];
  aliases: Record<string, string>;
  heads: Record<string, string[]>;
  conflicts: string[];
  versions: ModelVersionRow[];
  deleted: string[];
  history: ModelDeed[];
  more: number;
  created: number;
  now: number;
}

/** Predictions of a version that are on record, of one endpoint. */
export interface ModelPredictions {
  endpoint: string;
  rows: number;
  first: number;
  last: number;
}

/** That a stage or an alias is only reached with approvals. */
export interface ModelProtection {
  target: string;
  needed: number;
  by: string[];
}

/** A model in a list. */
export interface ModelRow {
  name: string;
  description: string;
  versions: number;
  latest: string;
  aliases: Record<string, string>;
  stages: Record<string, number>;
  production: string[];
  owners: string[];
  tags: Record<string, string>;
  deprecated: string;
  conflicts: string[];
  served: string[];
  created: number;
  updated: number;
}

/** How far a version has come. */
export type ModelStage = 'development' | 'staging' | 'production' | 'archived';

/** The newest word of one person on whether a version may become something. */
export interface ModelVerdict {
  target: string;
  approved: boolean;
  counts: boolean;
  by: string;
  time: number;
  reason: string;
  evidence: ModelEvidence[];
}

/** Another version, by what it is called. */
export interface ModelVersionName {
  version_id: string;
  label: string;
}

/** A version with all that is known of it. */
export interface ModelVersionPage {
  row: ModelVersionRow;
  description_html: string;
  card_html: string;
  runs: string[];
  metrics: Record<string, Real>;
  params: Record<string, unknown>;
  data: UsedData[];
  inputs: ModelColumn[];
  outputs: ModelColumn[];
  requirements: string[];
  imports: string[];
  files: ModelFile[];
  parents: ModelVersionName[];
  children: ModelVersionName[];
  endpoints: ModelEndpoint[];
  predictions: ModelPredictions[];
  history: ModelDeed[];
  problem: string;
}

/** A version in a list. */
export interface ModelVersionRow {
  version_id: string;
  model: string;
  name: string;
  number: number;
  stage: ModelStage;
  aliases: string[];
  description: string;
  tags: Record<string, string>;
  deprecated: string;
  deleted: number;
  clashes: boolean;
  conflict: boolean;
  heads: string[];
  created: number;
  by: string;
  kind: string;
  format: string;
  bundled: boolean;
  safe: boolean;
  size: number;
  digest: string;
  source: string;
  licence: string;
  run: RunHead | null;
  metrics: Record<string, Real>;
  check: ModelCheck | null;
  checking: ModelChecking | null;
  verdicts: ModelVerdict[];
  endpoints: string[];
}

/** A rule, and how it stands. */
export interface MonitorAlarm {
  name: string;
  rule: string;
  raised: number | null;
  broken: number;
  looked: number;
  seen: number | null;
  value: Real | null;
}

/** One bar of a small picture: which share of the values lies here. */
export interface MonitorBar {
  label: string;
  reference: Real;
  window: Real;
}

/** One column in the window, beside the reference. */
export interface MonitorColumn {
  name: string;
  output: boolean;
  against: string;
  drifted: boolean;
  numeric: boolean;
  findings: MonitorFinding[];
  effect: Real | null;
  missing_reference: Real;
  missing_window: Real;
  untested: string;
  bars: MonitorBar[];
}

/** A measure reckoned without labels. */
export interface MonitorEstimate {
  metric: string;
  value: Real;
  low: Real;
  high: Real;
  rows: number;
  doubts: string[];
}

/** What became of an alarm. */
export interface MonitorEvent {
  event_id: string;
  time: number;
  rule: string;
  step: AlarmStep;
  message: string;
  delivery: string;
  details: string[];
}

/** One thing that was found of a column. */
export interface MonitorFinding {
  kind: string;
  alarm: boolean;
  message: string;
  p_adjusted: Real | null;
}

/** A measure of the predictions that have a label. */
export interface MonitorMeasure {
  metric: string;
  value: Real;
  low: Real;
  high: Real;
  rows: number;
}

/** All there is to see of an endpoint. */
export interface MonitorPage {
  endpoint: string;
  model: string;
  arm: string;
  state: MonitorState;
  summary: string;
  now: number;
  seconds: Real;
  models: string[];
  rows: number;
  dropped: number;
  labelled: number;
  first: number | null;
  last: number | null;
  reference: string;
  windows: MonitorWindow[];
  shown: number | null;
  columns: MonitorColumn[];
  metric: string;
  less: boolean;
  unmeasured: string;
  estimates: MonitorEstimate[];
  unestimated: string;
  slices: MonitorSlice[];
  unsliced: string;
  alarms: MonitorAlarm[];
  events: MonitorEvent[];
}

/** How the model does on one group of rows, beside all others. */
export interface MonitorSlice {
  group: string;
  value: Real;
  low: Real;
  high: Real;
  rows: number;
  others: Real;
  gap: Real;
  p_adjusted: Real;
  enough: boolean;
}

/** How an endpoint stands, the worst first. */
export type MonitorState = 'alarm' | 'drift' | 'unsure' | 'fine';

/** One stretch of time. */
export interface MonitorWindow {
  start: number;
  end: number;
  rows: number;
  labelled: number;
  compared: boolean;
  drifted: string[];
  measured: MonitorMeasure[];
}

/** What an approval of a version could rest upon, as the book has it. */
export interface OfferedEvidence {
  evidence: ModelEvidence[];
}

/** One output of a cell, in nbformat's terms. */
export interface Output {
  output_type: string;
  data: Record<string, unknown>;
  blobs: Record<string, string>;
  note: string;
  own: boolean;
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

/** One attempt to run a run again, and how its results compare. */
export interface Reproduction {
  reproduction_id: string;
  of: string;
  verdict: ReproductionVerdict;
  time: number;
  run: string;
  first: string;
  differences: Difference[];
  environment: string[];
  data: string[];
  doubts: string[];
  duration: Real;
  tolerance: Real | null;
  learnt: boolean;
  built: boolean;
  cells: number;
  notes: string[];
}

/** What came of an attempt. */
export type ReproductionVerdict = 'identical' | 'within' | 'differs' | 'failed' | 'untried';

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
  imported: string;
}

/** One row that differs, as an example. */
export interface RowChange {
  key: string;
  column: string;
  before: string;
  after: string;
}

/** How many rows are new, gone and changed. */
export interface RowsDifference {
  added: number;
  removed: number;
  changed: number | null;
  same: number;
  key: string[];
  examples: RowChange[];
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
  data: UsedData[];
  rows: ListedRows[];
  cells: CellExecution[];
  earlier_cells: number;
  goals: GoalStanding[];
  milestones: Milestone[];
  stages: Stage[];
  environment: Environment | null;
  slice: RunSlice | null;
  stands_on: StandingCell[];
  reproductions: Reproduction[];
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
  flags: string[];
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
  random: string;
  flags: Record<string, string>;
  leaks: Record<string, string>;
  archived: boolean;
  trashed: number | null;
  imported: Record<string, unknown>;
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
  flags: string[];
  nested: boolean;
  archived: boolean;
  trashed: boolean;
  reproduces: string;
}

/** The minimal ordered set of cell executions that a run's results depend on. */
export interface RunSlice {
  executions: string[];
  doubts: string[];
  script: string;
  script_path: string;
  modules: Record<string, string>;
  stdout: string | null;
  streams: Record<string, string>;
  columns: number;
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

/** An execution that a run's results depend on. */
export interface StandingCell {
  execution_id: string;
  cell_id: string;
  execution_count: number | null;
  source: string;
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

/** A version of a data set, and what a run used it for. */
export interface UsedData {
  dataset_id: string;
  name: string;
  version: number;
  roles: string[];
  kind: string;
  extent: string;
  source: string;
  labels: string[];
  aliases: string[];
  digest: string;
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
