/** What the arguments of widely used static probes mean: notes tell their sizes, not that one is a string. */

interface KnownUsdtArgument {
  readonly name: string;
  readonly isString: boolean;
}

/** `name` is a number, `name$` a string ended by NUL. By provider and probe, as their manuals list them. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  python: {
    function__entry: 'file$ function$ line',
    function__return: 'file$ function$ line',
    line: 'file$ function$ line',
    gc__start: 'generation',
    gc__done: 'collected',
    import__find__load__start: 'module$',
    import__find__load__done: 'module$ found',
    audit: 'event$ arguments',
  },
  ruby: {
    method__entry: 'class$ method$ file$ line',
    method__return: 'class$ method$ file$ line',
    cmethod__entry: 'class$ method$ file$ line',
    cmethod__return: 'class$ method$ file$ line',
    require__entry: 'required$ file$ line',
    find__require__entry: 'required$ file$ line',
    load__entry: 'loaded$ file$ line',
    raise: 'class$ file$ line',
    object__create: 'class$ file$ line',
    string__create: 'length file$ line',
    array__create: 'length file$ line',
    hash__create: 'length file$ line',
  },
  php: {
    request__startup: 'file$ uri$ method$',
    request__shutdown: 'file$ uri$ method$',
    compile__file__entry: 'file$ compiled$',
    compile__file__return: 'file$ compiled$',
    function__entry: 'function$ file$ line class$ scope$',
    function__return: 'function$ file$ line class$ scope$',
    execute__entry: 'file$ line',
    execute__return: 'file$ line',
    exception__thrown: 'class$',
    error: 'message$ file$ line',
  },
  postgresql: {
    transaction__start: 'id',
    transaction__commit: 'id',
    transaction__abort: 'id',
    query__start: 'query$',
    query__done: 'query$',
    query__parse__start: 'query$',
    query__parse__done: 'query$',
    query__rewrite__start: 'query$',
    query__rewrite__done: 'query$',
    statement__status: 'status$',
    sort__start: 'kind unique keys memory random parallel',
  },
  mysql: {
    connection__start: 'connection user$ host$',
    connection__done: 'status connection',
    command__start: 'connection command user$ host$',
    query__start: 'query$ connection database$ user$ host$',
    query__done: 'status',
    query__parse__start: 'query$',
    query__exec__start: 'query$ connection database$ user$ host$ kind',
  },
  libstdcxx: { throw: 'object type', catch: 'object type', rethrow: 'object type' },
  libc: {
    setjmp: 'environment value address',
    longjmp: 'environment value address',
    memory_heap_new: 'heap size',
    memory_sbrk_more: 'address size',
    memory_sbrk_less: 'address size',
  },
  rtld: { init_start: 'namespace map', init_complete: 'namespace map', map_start: 'namespace map' },
};

/** Names and meanings of a probe's arguments; undefined for a probe that is not in the table. */
export function findKnownUsdtArguments(provider: string, name: string): KnownUsdtArgument[] | undefined {
  const ofProvider = Object.hasOwn(known, provider) ? known[provider] : undefined;
  const row = ofProvider !== undefined && Object.hasOwn(ofProvider, name) ? ofProvider[name] : undefined;
  return row?.split(' ').map((word) => ({ name: word.replace('$', ''), isString: word.endsWith('$') }));
}
