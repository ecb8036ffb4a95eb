/**
 * A lesson being done: variables of this attempt, the step that is active, what is missing for it, what is done.
 * Invariant: steps are done in order; a step that is done stays done, whatever happens to its effect.
 */
import { Rng } from '../base/index.ts';
import { evaluate, type Missing } from './check.ts';
import type { CheckDefinition, StepDefinition } from './definition.ts';
import { lessonInfo, type LessonFile, type Locale } from './file.ts';
import { termsIn } from './glossary.ts';
import type { ActiveStep, Effort, Lesson, Progress, Reply, StepState, StepText, Term } from './lesson.ts';
import { predictionOf, type PredictedHop } from './predict.ts';
import type { Ability, LessonWorld } from './world.ts';

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
  private readonly startedUs: number;
  private beganUs: number;
  private mistakes = 0;
  private effort: Effort | undefined;
  private missing: readonly NonNullable<Missing>[] = [];
  private hintsNow: readonly string[] = [];
  private isPreparing = false;
  private isStopped = false;
  private failure: string | undefined;
  /** What is asked about a packet's way; undefined until the lab has sent it. */
  private hops: readonly PredictedHop[] | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly file: LessonFile,
    private readonly world: LessonWorld,
    private readonly options: AttemptOptions,
  ) {
    this.id = options.id;
    const rng = new Rng(options.seed);
    this.variables = new Map(
      Object.entries(file.definition.variables).map(([name, one]) => [
        name,
        String('choose' in one ? one.choose[rng.below(one.choose.length)] : one.from + rng.below(one.to - one.from + 1)),
      ]),
    );
    this.steps = file.definition.chapters.flatMap((chapter) => chapter.steps);
    this.startedUs = world.nowUs;
    this.beganUs = world.nowUs;
    this.begin(file.definition.setup);
    this.update();
  }

  get current(): StepDefinition | undefined {
    return this.steps[this.doneAtUs.length];
  }
  onProgress(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Makes the lab ready for the active step: `commands` first, then the step's own. */
  private begin(commands: StepDefinition['setup'] = []): void {
    const step = this.current;
    this.missing = [];
    this.hintsNow = [];
    this.hops = undefined;
    const setup = [...commands, ...(step?.setup ?? [])].map((one) => this.command(one));
    const began = (): void => {
      this.beganUs = this.world.nowUs;
      if (step?.predict) this.askAhead(step, step.predict);
    };
    if (setup.length === 0) return began();
    this.isPreparing = true;
    this.world.run(setup, (failed) => {
      if (this.isStopped) return;
      this.isPreparing = false;
      this.failure = failed;
      began();
      this.update();
    });
  }
  /** Sends the packet whose way is to be predicted. */
  private askAhead(step: StepDefinition, { from, to, tcp, udp }: NonNullable<StepDefinition['predict']>): void {
    this.world.follow(this.put(from, 'en'), this.put(to, 'en'), { tcp, udp }, (trace) => {
      if (this.isStopped || this.current !== step) return;
      const rng = new Rng(this.options.seed + this.doneAtUs.length);
      this.hops = trace ? predictionOf(trace, this.world.snapshot(), rng, (node, netnsId) => this.nameOf(node, netnsId)) : [];
      this.tell();
    });
  }
  private nameOf(node: string, netnsId: number): string {
    const pod = this.world.pods().find((one) => one.netns?.node === node && one.netns.netnsId === netnsId);
    const netns = this.world
      .snapshot()
      .nodes.find((one) => one.name === node)
      ?.namespaces.find((one) => one.id === netnsId);
    return pod?.name ?? (netnsId === 0 || netns?.name === undefined || netns.name === '' ? node : netns.name);
  }
  stop(): void {
    this.isStopped = true;
  }

  /** Looks at the active step again; to be called when the lab has changed. */
  update(): void {
    const state = (): string =>
      JSON.stringify([this.doneAtUs.length, this.missing.map((one) => one.en), this.hintsNow, this.isPreparing, this.hops === undefined]);
    const before = state();
    for (let step = this.current; step && !this.isPreparing; step = this.current) {
      this.missing = this.missingFor(step, this.beganUs);
      this.hintsNow = this.hintsFor(step);
      if (step.answer) this.world.output(this.put(step.answer.on, 'en'), this.put(step.answer.command, 'en'));
      if (isConfirmed(step) || this.missing.length > 0) break;
      this.finish();
    }
    if (state() !== before) this.tell();
  }
  /** Names of the hints that fit the present state. */
  private hintsFor(step: StepDefinition): readonly string[] {
    const holds = (check: CheckDefinition): boolean => evaluate(this.fill(check), this.world, this.beganUs) === undefined;
    return Object.entries(step.hints).flatMap(([name, { when, unless }]) => (when.every(holds) && !unless.some(holds) ? [name] : []));
  }
  private missingFor(step: StepDefinition, sinceUs: number): readonly NonNullable<Missing>[] {
    if (this.failure !== undefined)
      return [{ en: `The lab could not be made ready: ${this.failure} Start the lesson again.`, zh: `实验室没能准备好：${this.failure} 请重新开始这一课。` }];
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
      return [step.id, step === current ? this.active(step, locale) : { kind: 'waiting' }];
    });
    return {
      attempt: this.id,
      lesson: this.file.id,
      lab: this.options.lab,
      steps: Object.fromEntries(steps),
      ...(current ? { current: current.id } : {}),
      ...(this.effort && { effort: this.effort }),
    };
  }

  private active(step: StepDefinition, locale: Locale): ActiveStep {
    const words = this.file.texts[locale].steps.get(step.id);
    const fitting = this.hintsNow.flatMap((name) => words?.hintsByState.get(name) ?? []);
    return {
      kind: 'active',
      missing: this.missing.map((one) => one[locale]),
      hints: [...fitting, ...(words?.hints ?? [])].map((text) => this.put(text, locale)),
      ...(step.predict && this.hops ? { hops: this.hops.map(({ place, choices }) => ({ place, choices: choices.map((choice) => choice[locale]) })) } : {}),
      ...(this.isPreparing || (step.predict && !this.hops) ? { isPreparing: true as const } : {}),
    };
  }

  /** The progress without what is missing, for who does not know the reader's language. */
  wordless(): Progress {
    const progress = this.progress('en');
    const steps = Object.entries(progress.steps).map(([id, state]): [string, StepState] => [
      id,
      state.kind === 'active' ? { kind: 'active', missing: [], hints: [] } : state,
    ]);
    return { ...progress, steps: Object.fromEntries(steps) };
  }

  text(locale: Locale): Lesson {
    const words = this.file.texts[locale];
    const put = (text: string): string => this.put(text, locale);
    const chapters = this.file.definition.chapters.map((chapter) => ({
      id: chapter.id,
      title: put(words.chapters.get(chapter.id) ?? chapter.id),
      steps: chapter.steps.map((step) => this.stepText(step, locale)),
    }));
    const introduction = put(words.introduction);
    const used = [introduction, ...chapters.flatMap((chapter) => chapter.steps.map((step) => step.body))].flatMap(termsIn);
    const terms = used.flatMap((id): readonly [string, Term][] => {
      const term = this.file.glossary.get(id)?.[locale];
      return term ? [[id, term]] : [];
    });
    return { ...lessonInfo(this.file, locale), introduction, chapters, terms: Object.fromEntries(terms) };
  }
  private stepText(step: StepDefinition, locale: Locale): StepText {
    const text = this.file.texts[locale].steps.get(step.id);
    const put = (words: string): string => this.put(words, locale);
    const lacks = this.lacking(step);
    return {
      id: step.id,
      title: put(text?.title ?? step.id),
      body: put(text?.body ?? ''),
      ...(text?.quiz && step.quiz ? { quiz: { question: put(text.quiz.question), choices: text.quiz.choices.map(put) } } : {}),
      ...(step.answer ? { asks: put(text?.quiz?.question ?? '') } : {}),
      ...(step.predict ? { predicts: true } : {}),
      ...(lacks ? { unavailable: LACKS[lacks][locale] } : {}),
      hasSolution: step.solution.length > 0,
      hasCheck: step.check.length > 0,
    };
  }
  /** What the lab cannot do and the step needs. */
  private lacking(step: StepDefinition): Ability | undefined {
    return abilitiesFor(step).find((one) => !this.world.abilities.has(one));
  }

  /** A step that is read, or its question: the error is a sentence for the reader. */
  confirm(id: string, reply: Reply, locale: Locale): { readonly ok: true } | { readonly ok: false; readonly message: string } {
    const { current } = this;
    const refuse = (en: string, zh: string): { readonly ok: false; readonly message: string } => ({ ok: false, message: locale === 'zh' ? zh : en });
    if (!current || current.id !== id)
      return this.steps.some((step) => step.id === id)
        ? refuse('This step is not the one to do now.', '现在要做的不是这一步。')
        : refuse(`There is no step "${id}".`, `没有步骤“${id}”。`);
    if (!this.lacking(current)) {
      if (this.isPreparing) return refuse('The lab is being made ready. One moment.', '实验室正在准备，请稍候。');
      if (this.missing.length > 0) return { ok: false, message: this.missing.map((one) => one[locale]).join(' ') };
      const wrong = this.wrongIn(current, reply);
      if (wrong) this.mistakes++;
      if (wrong) return refuse(wrong.en, wrong.zh);
    }
    this.finish();
    this.update();
    this.tell();
    return { ok: true };
  }
  private wrongIn(step: StepDefinition, reply: Reply): Missing {
    if (step.quiz && reply.choice !== step.quiz.answer)
      return reply.choice === undefined
        ? { en: 'Choose an answer.', zh: '请选择一个答案。' }
        : { en: 'That is not it. Look at the picture and the outputs once more.', zh: '不对。请再看一看图和输出。' };
    if (step.answer) {
      const right = this.world.output(this.put(step.answer.on, 'en'), this.put(step.answer.command, 'en'));
      if (right === undefined) return { en: 'The lab is looking it up. Try again in a moment.', zh: '实验室正在查，请稍后再试。' };
      if (plain(reply.text ?? '') === '') return { en: 'Type your answer.', zh: '请写下你的答案。' };
      if (plain(reply.text ?? '') !== plain(right)) return { en: 'That is not what the lab says. Look once more.', zh: '和实验室里的事实不符。请再看一看。' };
    }
    if (step.predict) {
      const { hops } = this;
      if (!hops) return { en: 'The packet is still on its way. Try again in a moment.', zh: '包还在路上，请稍后再试。' };
      const wrong = hops.find((hop, index) => reply.choices?.[index] !== hop.answer);
      if (wrong)
        return {
          en: `Not so at ${wrong.place}. Look at its routes and interfaces once more.`,
          zh: `在 ${wrong.place} 不是这样。请再看一看它的路由和接口。`,
        };
    }
    return undefined;
  }
  /** The reply that is right; undefined while the lab does not know it, or where nothing is asked. For proving lessons. */
  rightReply(step: StepDefinition): Reply | undefined {
    if (step.quiz) return { choice: step.quiz.answer };
    if (step.predict) return this.hops && { choices: this.hops.map((hop) => hop.answer) };
    if (!step.answer) return undefined;
    const text = this.world.output(this.put(step.answer.on, 'en'), this.put(step.answer.command, 'en'));
    return text === undefined ? undefined : { text };
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
    if (!this.current) this.effort = { commands: this.world.commands(this.startedUs).length, us: this.world.nowUs - this.startedUs, mistakes: this.mistakes };
    this.begin();
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

/** A step that is ended by the reader: by reading it, or by answering. */
export const isConfirmed = (step: StepDefinition): boolean =>
  step.check.length === 0 || step.quiz !== undefined || step.answer !== undefined || step.predict !== undefined;

function abilitiesFor(step: StepDefinition): readonly Ability[] {
  const kinds = step.check.flatMap((one) => Object.keys(one));
  const has = (...names: readonly string[]): boolean => names.some((name) => kinds.includes(name));
  return [
    ...step.needs,
    ...(step.predict || has('traced') ? (['trace'] as const) : []),
    ...(has('experiment') ? (['experiments'] as const) : []),
    ...(has('tape-opened') ? (['recording'] as const) : []),
    ...(has('pod', 'no-pod', 'log') ? (['kubernetes'] as const) : []),
  ];
}
const LACKS: Readonly<Record<Ability, Readonly<Record<Locale, string>>>> = {
  kubernetes: { en: 'This lab has no Kubernetes, which this step needs.', zh: '这一步需要 Kubernetes，而这个实验室里没有。' },
  trace: { en: 'Packets cannot be followed in this lab, which this step needs.', zh: '这一步要追踪数据包，而这个实验室做不到。' },
  experiments: { en: 'This lab does not offer the experiment of this step.', zh: '这个实验室不提供这一步要用的实验。' },
  recording: { en: 'This lab is not recorded, which this step needs.', zh: '这一步要用到录制，而这个实验室没有录制。' },
};
/** Answers are compared without regard to case and spaces. */
const plain = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
