/** The sidebar: a head that says what is recorded, tabs, and what the tab on top shows. */

import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { IOpenRun, ISidebarTab } from '../tokens.ts';

interface SidebarProps {
  tabs: readonly ISidebarTab[];
  current: string;
  choose: (tab: string) => void;
  run: IOpenRun | null;
  trans: TranslationBundle;
}

/** The whole sidebar. */
export function Sidebar(props: SidebarProps): React.ReactElement {
  const { tabs, current, trans } = props;
  const shown = tabs.find(tab => tab.id === current) ?? tabs[0];
  return (
    <div className="cb-sidebar">
      <header className="cb-head">
        <h2>Cellbook</h2>
        <Recording run={props.run} trans={trans} />
      </header>
      <Tabs {...props} shown={shown} />
      {shown && (
        <div
          className="cb-tabpanel"
          role="tabpanel"
          id="cb-tabpanel"
          aria-labelledby={`cb-tab-${shown.id}`}
        >
          <Content key={shown.id} tab={shown} />
        </div>
      )}
    </div>
  );
}

function Recording(props: { run: IOpenRun | null; trans: TranslationBundle }): React.ReactElement {
  const { run, trans } = props;
  if (!run) {
    return <span className="cb-recording" aria-live="polite" />;
  }
  const title = trans.__('Recording into run #%1 %2', run.run_number, run.run_name);
  return (
    <span className="cb-recording" aria-live="polite" title={title}>
      <span aria-hidden="true" className="cb-dot" />
      {trans.__('run #%1', run.run_number)}
    </span>
  );
}

function Tabs(props: SidebarProps & { shown: ISidebarTab | undefined }): React.ReactElement {
  const { tabs, shown, choose, trans } = props;
  const list = React.useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent) => {
    const place = tabs.findIndex(tab => tab === shown);
    const target = {
      ArrowLeft: (place + tabs.length - 1) % tabs.length,
      ArrowRight: (place + 1) % tabs.length,
      Home: 0,
      End: tabs.length - 1
    }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      choose(tabs[target].id);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[target]?.focus();
    }
  };
  return (
    <div
      className="cb-tabs"
      role="tablist"
      aria-label={trans.__('Cellbook')}
      ref={list}
      onKeyDown={move}
    >
      {tabs.map(tab => (
        <button
          key={tab.id}
          id={`cb-tab-${tab.id}`}
          type="button"
          role="tab"
          aria-selected={tab === shown}
          aria-controls={tab === shown ? 'cb-tabpanel' : undefined}
          tabIndex={tab === shown ? 0 : -1}
          onClick={() => choose(tab.id)}
        >
          {tab.label}
          {tab.badge && tab.badge.count > 0 && (
            <span className="cb-badge" aria-label={tab.badge.label} title={tab.badge.label}>
              {tab.badge.count}
            </span>
          )}
        </button>
      ))}
    </div>
  );
}

/** What a tab shows; it is fetched when it is first asked for. */
function Content(props: { tab: ISidebarTab }): React.ReactElement | null {
  const [content, setContent] = React.useState<React.ReactElement | null>(null);
  React.useEffect(() => {
    let wanted = true;
    void props.tab.render().then(element => {
      if (wanted) {
        setContent(element);
      }
    });
    return () => {
      wanted = false;
    };
  }, [props.tab]);
  return content;
}
