import './colours.css';
import './base.css';
import './runs.css';
import './details.css';
import './compare.css';
import './relations.css';
import './checkpoints.css';
import './cells.css';
