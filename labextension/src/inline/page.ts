/**
 * Panels in a page of their own, with nobody to ask: `cellbook.widgets.page` writes it.
 *
 * What could be asked there lies in the page.
 */

import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

import { ComparisonModel } from '../models/comparison.ts';
import { comparing, type IComparisonState } from '../models/looks.ts';
import type { IHost } from '../models/host.ts';
import type { ISource } from '../models/source.ts';
import { Page } from '../panels/page.tsx';
import { styleSheet } from './style.ts';
import { words } from './words.ts';

/** The id of the element that holds what is to be shown. */
export const PAGE = 'cellbook-page';

interface IPanelDoc {
  title: string;
  width: string;
  runs: string[];
  look: Partial<IComparisonState>;
  problem: string;
  /** What is to be said beforehand. */
  notes?: string[];
  /** Name of a question, what it is known by, and the answer. */
  answers: [string, Record<string, unknown>, unknown][];
}

interface IPageDoc {
  title: string;
  panels: IPanelDoc[];
}

/** Answers from what was written beforehand. */
class WrittenSource implements ISource {
  private readonly _answers: IPanelDoc['answers'];

  constructor(answers: IPanelDoc['answers']) {
    this._answers = answers;
  }

  ask<T>(_: string, question: string, query: object): Promise<T> {
    const given = query as Record<string, unknown>;
    const found = this._answers.find(
      ([name, known]) =>
        name === question && Object.entries(known).every(([key, value]) => given[key] === value)
    );
    return found
      ? Promise.resolve(found[2] as T)
      : Promise.reject(new Error('This page holds no answer to that. Open the book in Jupyter.'));
  }

  holds(question: string): boolean {
    return this._answers.some(([name]) => name === question);
  }

  change<T>(): Promise<T> {
    return Promise.reject(new Error('This page changes nothing. Open the book in Jupyter.'));
  }

  artifact(): Promise<BlobPart> {
    return Promise.reject(new Error('This page holds no files. Open the book in Jupyter.'));
  }
}

/** Draw the page that is written in this document. */
export function showPage(): void {
  const written = (id: string) => document.getElementById(id)!.textContent!;
  const { title, panels } = JSON.parse(written(PAGE)) as IPageDoc;
  const host: IHost = {
    alone: true,
    plotly: async () =>
      Uint8Array.from(atob(written('cellbook-plotly')), character => character.charCodeAt(0)),
    copy: text => void navigator.clipboard.writeText(text)
  };
  const placed = panels.map(({ title: name, width, runs, look, problem, notes, answers }) => {
    if (!runs.length) {
      return { title: name, width, problem, model: null };
    }
    const state = { ...comparing('', runs), ...look, unseen: [], runs, notes };
    const model = new ComparisonModel(new WrittenSource(answers), state as IComparisonState);
    void model.refresh();
    return { title: name, width, problem, model };
  });
  const place = document.createElement('div');
  place.className = 'cellbook-lab cellbook-inline cb-mod-foreign cellbook-page';
  document.head.append(styleSheet());
  document.body.append(place);
  createRoot(place).render(createElement(Page, { title, panels: placed, host, trans: words }));
}
