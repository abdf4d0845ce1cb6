/** All that the tab Runs needs, in one piece that is fetched when the tab is first seen. */

export { CommentCounts } from '../models/commentCounts.ts';
export { RunsModel } from '../models/runs.ts';
export { RunMenus } from './runMenus.ts';
export { Runs } from './runs.tsx';
