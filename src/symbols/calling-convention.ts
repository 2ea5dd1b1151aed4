/**
 * Where the arguments of a function are when it starts, as fetch args of uprobe_events (Documentation/trace/
 * uprobetracer.rst), and which C functions return strings.
 */

import type { ElfMachine } from './elf-layout.ts';

/** One argument: `arg1=%di:x64` is its name, expression and type. */
interface EntryArgument {
  readonly name: string;
  readonly expression: string;
  /** Hexadecimal, as wide as a register of the machine. */
  readonly type: 'x64' | 'x32';
}

/** The System V ABI for x86-64 (registers, then the stack above the return address) and the AAPCS64. */
const x86Registers = ['%di', '%si', '%dx', '%cx', '%r8', '%r9'];
/** Go's own convention since 1.17 (ABIInternal); functions of assembly have their arguments on the stack. */
const goRegisters = ['%ax', '%bx', '%cx', '%di', '%si', '%r8', '%r9', '%r10', '%r11'];
const aarch64Registers = Array.from({ length: 8 }, (_, index) => `%x${index}`);

/** The first `count` integer arguments at a function's entry; fewer, or none, where the convention is not known. */
export function entryArguments(machine: ElfMachine, count: number, { isGo = false } = {}): EntryArgument[] {
  const type = machine === 'i386' || machine === 'arm' ? 'x32' : 'x64';
  const placeOf = (index: number): string | undefined =>
    isGo && machine === 'x86-64' ? goRegisters[index] : placeOfArgument(machine, index);
  return Array.from({ length: count }, (_, index) => placeOf(index))
    .filter((expression) => expression !== undefined)
    .map((expression, index) => ({ name: `arg${index + 1}`, expression, type }));
}

function placeOfArgument(machine: ElfMachine, index: number): string | undefined {
  switch (machine) {
    case 'x86-64':
      return x86Registers[index] ?? `$stack${index - x86Registers.length + 1}`;
    case 'i386':
      // Not $stackN: a 64-bit kernel counts it in words of 8 bytes for 32-bit programs too.
      return `+${4 * (index + 1)}(%sp)`;
    case 'aarch64':
      return aarch64Registers[index];
    default:
      return undefined;
  }
}

/**
 * Functions whose value is a `char *` to a NUL-terminated string, or NULL. In the list is only what the C standard,
 * POSIX or the library's manual promises to return so: a probe reads memory at the value, and a function that returns a
 * length, a wide string or a buffer without its NUL (strncpy, memchr, mmap) would show garbage. Functions that return a
 * place inside their argument (strchr, basename) belong here: from there on the text is a string.
 */
const stringFunctions = new Set(
  `
  readline rl_copy_text rl_filename_completion_function rl_username_completion_function history_arg_extract tilde_expand
  getenv secure_getenv __secure_getenv
  strdup strndup __strdup __strndup xstrdup xstrndup g_strdup g_strndup g_strdup_printf g_strdup_vprintf g_strconcat
  fgets fgets_unlocked gets __fgets_chk
  strcpy strcat strncat stpcpy __strcpy_chk __strcat_chk __stpcpy_chk
  strchr strrchr strstr strcasestr strpbrk strtok strtok_r __strtok_r strsep strchrnul index rindex strfry
  getcwd get_current_dir_name getwd realpath canonicalize_file_name __realpath_chk __getcwd_chk
  basename __xpg_basename dirname
  strerror strerror_r strerror_l strerrorname_np strerrordesc_np strsignal sigabbrev_np sigdescr_np gai_strerror hstrerror
  setlocale nl_langinfo nl_langinfo_l gettext dgettext dcgettext ngettext dngettext dcngettext textdomain bindtextdomain
  bind_textdomain_codeset
  dlerror
  ctime ctime_r asctime asctime_r
  inet_ntoa inet_ntop if_indextoname ether_ntoa ether_ntoa_r
  getlogin cuserid ctermid ttyname ptsname getpass crypt crypt_r
  tmpnam tempnam mktemp mkdtemp
  l64a ecvt fcvt gcvt
  g_getenv g_path_get_basename g_path_get_dirname g_build_filename
  PyUnicode_AsUTF8 sqlite3_errmsg sqlite3_sql sqlite3_expanded_sql sqlite3_mprintf zError gzerror X509_NAME_oneline
  ERR_error_string OpenSSL_version SSL_get_version SSL_CIPHER_get_name
  `
    .trim()
    .split(/\s+/),
);

/** Whether `symbol` (a version behind it does not matter) returns a C string or NULL. */
export function returnsString(symbol: string): boolean {
  return stringFunctions.has(symbol.replace(/(?!^)@.*$/, ''));
}
