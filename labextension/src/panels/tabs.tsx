/** A row of tabs and the panel of the chosen one. */

import * as React from 'react';

export interface Tab {
  id: string;
  label: string;
  view: () => React.ReactElement;
}

interface TabsProps {
  /** Tells these tabs from others in the page. */
  id: string;
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  /** Whether no other can be chosen. */
  disabled?: boolean;
  onChoose: (id: string) => void;
}

/** The arrow keys go from tab to tab. */
export function Tabs(props: TabsProps): React.ReactElement {
  const { id, label, tabs, onChoose } = props;
  const chosen = tabs.find(tab => tab.id === props.chosen) ?? tabs[0];
  const list = React.useRef<HTMLDivElement>(null);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const place = tabs.indexOf(chosen);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined && !props.disabled) {
      event.preventDefault();
      event.stopPropagation();
      const tab = tabs.at(next % tabs.length)!;
      onChoose(tab.id);
      list.current!.querySelectorAll('button')[tabs.indexOf(tab)].focus();
    }
  };
  return (
    <>
      <div className="cb-tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(tab => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.id}`}
            aria-selected={tab === chosen}
            aria-controls={`${id}-panel`}
            disabled={props.disabled && tab !== chosen}
            tabIndex={tab === chosen ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${chosen.id}`}>
        {chosen.view()}
      </div>
    </>
  );
}
