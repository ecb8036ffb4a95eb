/**
 * A lesson being done: variables of this attempt, the step that is active, what is missing for it, what is done.
 * Invariant: steps are done in order; a step that is done stays done, whatever happens to its effect.
 */
import { Rng } from '../base/index.ts';
import { evaluate, type Missing } from './check.ts';
import type { CheckDefinition, StepDefinition } from './definition.ts';
import { lessonInfo, type LessonFile, type Locale } from './file.ts';
import type { Lesson, Progress, StepState } from './lesson.ts';
import type { LessonWorld } from './world.ts';

export interface AttemptOptions {
  readonly id: string;
  /** Chooses the variables. */
  readonly seed: number;
  readonly lab: string;
}

/** A command line of a solution, variables put in. */
export interface SolutionCommand {
  readonly node: string;
  readonly command: string;
}

/** What a lesson's text says that a command prints. */
export interface ShownOutput extends SolutionCommand {
  readonly lines: readonly string[];
  /** `follow-a-packet/en.md:41:1`. */
  readonly place: string;
}
/** One thing that takes a step's effect away. */
export type RevertAction = ({ readonly kind: 'command' } & SolutionCommand) | { readonly kind: 'apply' | 'undo'; readonly experiment: string };

export class LessonAttempt {
  readonly id: string;
  private readonly variables: ReadonlyMap<string, string>;
  private readonly steps: readonly StepDefinition[];
  private readonly doneAtUs: number[] = [];
  private beganUs: number;
  private missing: readonly NonNullable<Missing>[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly file: LessonFile,
    private readonly world: LessonWorld,
    private readonly options: AttemptOptions,
  ) {
    this.id = options.id;
    const rng = new Rng(options.seed);
    this.variables = new Map(Object.entries(file.definition.variables).map(([name, { choose }]) => [name, String(choose[rng.below(choose.length)])]));
    this.steps = file.definition.chapters.flatMap((chapter) => chapter.steps);
    this.beganUs = world.nowUs;
    this.update();
  }

  get current(): StepDefinition | undefined {
    return this.steps[this.doneAtUs.length];
  }
  onProgress(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looks at the active step again; to be called when the lab has changed. */
  update(): void {
    const before = `${this.doneAtUs.length} ${this.missing.map((one) => one.en).join('\n')}`;
    for (let step = this.current; step; step = this.current) {
      this.missing = this.missingFor(step, this.beganUs);
      if (step.check.length === 0 || step.quiz || this.missing.length > 0) break;
      this.finish();
    }
    if (`${this.doneAtUs.length} ${this.missing.map((one) => one.en).join('\n')}` !== before) this.tell();
  }
  private missingFor(step: StepDefinition, sinceUs: number): readonly NonNullable<Missing>[] {
    return this.verdicts(step, sinceUs).filter((one) => one !== undefined);
  }
  /** What each of a step's checks misses at this moment, for events since `sinceUs`. */
  verdicts(step: StepDefinition, sinceUs: number): readonly Missing[] {
    return step.check.map((check) => evaluate(this.fill(check), this.world, sinceUs));
  }

  progress(locale: Locale): Progress {
    const { current } = this;
    const steps = this.steps.map((step, index): [string, StepState] => {
      const atUs = this.doneAtUs[index];
      if (atUs !== undefined) return [step.id, { kind: 'done', atUs }];
      return [step.id, step === current ? { kind: 'active', missing: this.missing.map((one) => one[locale]) } : { kind: 'waiting' }];
    });
    return { attempt: this.id, lesson: this.file.id, lab: this.options.lab, steps: Object.fromEntries(steps), ...(current ? { current: current.id } : {}) };
  }

  /** The progress without what is missing, for who does not know the reader's language. */
  wordless(): Progress {
    const progress = this.progress('en');
    const steps = Object.entries(progress.steps).map(([id, state]): [string, StepState] => [
      id,
      state.kind === 'active' ? { kind: 'active', missing: [] } : state,
    ]);
    return { ...progress, steps: Object.fromEntries(steps) };
  }

  text(locale: Locale): Lesson {
    const words = this.file.texts[locale];
    const put = (text: string): string => this.put(text, locale);
    return {
      ...lessonInfo(this.file, locale),
      introduction: put(words.introduction),
      chapters: this.file.definition.chapters.map((chapter) => ({
        id: chapter.id,
        title: put(words.chapters.get(chapter.id) ?? chapter.id),
        steps: chapter.steps.map((step) => {
          const text = words.steps.get(step.id);
          return {
            id: step.id,
            title: put(text?.title ?? step.id),
            body: put(text?.body ?? ''),
            hints: (text?.hints ?? []).map(put),
            ...(text?.quiz ? { quiz: { question: put(text.quiz.question), choices: text.quiz.choices.map(put) } } : {}),
            hasSolution: step.solution.length > 0,
            hasCheck: step.check.length > 0,
          };
        }),
      })),
    };
  }

  /** A step that is read, or its quiz: the error is a sentence for the reader. */
  confirm(id: string, choice: number | undefined, locale: Locale): { readonly ok: true } | { readonly ok: false; readonly message: string } {
    const { current } = this;
    const refuse = (en: string, zh: string): { readonly ok: false; readonly message: string } => ({ ok: false, message: locale === 'zh' ? zh : en });
    if (!current || current.id !== id)
      return this.steps.some((step) => step.id === id)
        ? refuse('This step is not the one to do now.', '现在要做的不是这一步。')
        : refuse(`There is no step "${id}".`, `没有步骤“${id}”。`);
    if (this.missing.length > 0) return { ok: false, message: this.missing.map((one) => one[locale]).join(' ') };
    if (current.quiz && choice !== current.quiz.answer) {
      return choice === undefined
        ? refuse('Choose an answer.', '请选择一个答案。')
        : refuse('That is not it. Look at the picture and the outputs once more.', '不对。请再看一看图和输出。');
    }
    this.finish();
    this.update();
    this.tell();
    return { ok: true };
  }

  solution(step: StepDefinition): readonly SolutionCommand[] {
    return step.solution.map((one) => this.command(one));
  }
  /** The outputs that a step's text shows, variables put in. */
  shown(step: StepDefinition): readonly ShownOutput[] {
    return (['en', 'zh'] as const).flatMap((locale) =>
      (this.file.texts[locale].steps.get(step.id)?.runs ?? []).flatMap(({ node, command, output }): readonly ShownOutput[] =>
        output
          ? [
              {
                node: this.put(node, locale),
                command: this.put(command, locale).trim(),
                lines: output.lines.map((line) => this.put(line, locale)),
                place: `${this.file.id}/${locale}.md:${output.line}:1`,
              },
            ]
          : [],
      ),
    );
  }
  revert(step: StepDefinition): readonly RevertAction[] {
    return step.revert.map((one): RevertAction => {
      const [key = '', value = ''] = Object.entries(one)[0] ?? [];
      return key === 'apply' || key === 'undo' ? { kind: key, experiment: value } : { kind: 'command', ...this.command(one) };
    });
  }
  private command(one: Readonly<Record<string, string>>): SolutionCommand {
    const [node = '', command = ''] = Object.entries(one)[0] ?? [];
    return { node: this.put(node, 'en'), command: this.put(command, 'en').trim() };
  }

  private finish(): void {
    this.doneAtUs.push(this.world.nowUs);
    this.beganUs = this.world.nowUs;
    this.missing = [];
  }
  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private fill(check: CheckDefinition): CheckDefinition {
    return JSON.parse(JSON.stringify(check), (_, value: unknown) => (typeof value === 'string' ? this.put(value, 'en') : value)) as CheckDefinition;
  }
  /** `${name}` of a variable, `${pod.NAME.ip}` of a pod that runs. */
  private put(text: string, locale: Locale): string {
    return text.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => {
      const variable = this.variables.get(name);
      if (variable !== undefined) return variable;
      const pod = /^pod\.(.+)\.ip$/.exec(name)?.[1];
      if (pod === undefined) return whole;
      return this.world.pods().find((one) => one.name === pod)?.ip ?? (locale === 'zh' ? `<${pod} 的地址>` : `<address of ${pod}>`);
    });
  }
}
