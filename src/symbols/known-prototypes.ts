/**
 * Prototypes of functions that people trace most, for binaries without debug information: from the C standard, POSIX,
 * and the manuals of readline, OpenSSL, SQLite and others. So that `uprobe libc getenv name` works on any system.
 */

import { placeArguments, placeReturn } from './c-types/argument-places.ts';
import type { CFunctionType, CMember, CType, CTypes, TypeId } from './c-types/c-type.ts';
import type { ProbeScope, ProbeVariable } from './c-types/fetch-arg.ts';
import type { ElfMachine } from './elf-layout.ts';

const declarations = `
char *getenv(const char *name); int setenv(const char *name, const char *value, int overwrite)
int unsetenv(const char *name); int putenv(char *string); int system(const char *command)
int open(const char *pathname, int flags, mode_t mode); int open64(const char *pathname, int flags, mode_t mode)
int openat(int dirfd, const char *pathname, int flags, mode_t mode); int creat(const char *pathname, mode_t mode)
ssize_t read(int fd, void *buf, size_t count); ssize_t write(int fd, const void *buf, size_t count); int close(int fd)
ssize_t pread(int fd, void *buf, size_t count, off_t offset); ssize_t pwrite(int fd, const void *buf, size_t count, off_t offset)
off_t lseek(int fd, off_t offset, int whence); int dup(int oldfd); int dup2(int oldfd, int newfd); int fsync(int fd)
int ioctl(int fd, unsigned_long request, void *argument); int fcntl(int fd, int command, long argument)
int unlink(const char *pathname); int rename(const char *oldpath, const char *newpath); int chdir(const char *path)
int mkdir(const char *pathname, mode_t mode); int rmdir(const char *pathname); int access(const char *pathname, int mode)
int chmod(const char *pathname, mode_t mode); int chown(const char *pathname, uid_t owner, gid_t group)
int link(const char *oldpath, const char *newpath); int symlink(const char *target, const char *linkpath)
ssize_t readlink(const char *pathname, char *buf, size_t size); int truncate(const char *path, off_t length)
int stat(const char *pathname, struct_stat *result); int lstat(const char *pathname, struct_stat *result)
DIR *opendir(const char *name); struct_dirent *readdir(DIR *directory); char *realpath(const char *path, char *resolved)
FILE *fopen(const char *pathname, const char *mode); FILE *fopen64(const char *pathname, const char *mode)
FILE *popen(const char *command, const char *type); int fclose(FILE *stream); int fflush(FILE *stream)
char *fgets(char *buf, int size, FILE *stream); int puts(const char *string); int fputs(const char *string, FILE *stream)
size_t fread(void *buf, size_t size, size_t count, FILE *stream); size_t fwrite(const void *buf, size_t size, size_t count, FILE *stream)
int printf(const char *format); int fprintf(FILE *stream, const char *format); void perror(const char *message)
int snprintf(char *buf, size_t size, const char *format); int sprintf(char *buf, const char *format)
void *malloc(size_t size); void *calloc(size_t count, size_t size); void *realloc(void *pointer, size_t size)
void free(void *pointer); void *aligned_alloc(size_t alignment, size_t size); void *memalign(size_t alignment, size_t size)
int posix_memalign(void *result, size_t alignment, size_t size); void *sbrk(long increment)
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset); int munmap(void *address, size_t length)
void *memcpy(void *to, const void *from, size_t size); void *memmove(void *to, const void *from, size_t size)
void *memset(void *to, int byte, size_t size); int memcmp(const void *a, const void *b, size_t size)
size_t strlen(const char *string); int strcmp(const char *a, const char *b); int strncmp(const char *a, const char *b, size_t size)
int strcasecmp(const char *a, const char *b); char *strcpy(char *to, const char *string); char *strcat(char *to, const char *string)
char *strchr(const char *string, int character); char *strrchr(const char *string, int character)
char *strstr(const char *haystack, const char *needle); char *strdup(const char *string); char *strtok(char *string, const char *delimiters)
long strtol(const char *string, void *end, int radix); unsigned_long strtoul(const char *string, void *end, int radix)
int atoi(const char *string); long atol(const char *string); char *strerror(int number)
void qsort(void *array, size_t count, size_t size, void *compare); char *setlocale(int category, const char *locale)
pid_t fork(void); int execve(const char *pathname, void *argv, void *envp); int execv(const char *pathname, void *argv)
int execvp(const char *file, void *argv); void exit(int status); void _exit(int status); void abort(void)
int kill(pid_t pid, int signal); int raise(int signal); pid_t waitpid(pid_t pid, int *status, int options)
unsigned sleep(unsigned seconds); int usleep(unsigned microseconds); time_t time(time_t *result)
int socket(int domain, int type, int protocol); int connect(int fd, const void *address, socklen_t length)
int bind(int fd, const void *address, socklen_t length); int listen(int fd, int backlog)
int accept(int fd, void *address, socklen_t *length); ssize_t send(int fd, const void *buf, size_t size, int flags)
ssize_t recv(int fd, void *buf, size_t size, int flags)
ssize_t sendto(int fd, const void *buf, size_t size, int flags, const void *address, socklen_t length)
ssize_t recvfrom(int fd, void *buf, size_t size, int flags, void *address, socklen_t *length)
int getaddrinfo(const char *node, const char *service, const void *hints, void *result)
void *gethostbyname(const char *name); void *gethostbyname2(const char *name, int family)
int poll(void *fds, unsigned_long count, int timeout); int shutdown(int fd, int how)
void *dlopen(const char *filename, int flags); void *dlsym(void *handle, const char *symbol); void *getpwnam(const char *name)
int pthread_create(unsigned_long *thread, const void *attributes, void *start, void *argument)
int pthread_join(unsigned_long thread, void *result); int pthread_mutex_lock(void *mutex); int pthread_mutex_unlock(void *mutex)
int pthread_cond_wait(void *condition, void *mutex); int pthread_setname_np(unsigned_long thread, const char *name)
char *crypt(const char *phrase, const char *setting); void openlog(const char *identity, int options, int facility)
char *readline(const char *prompt); void add_history(const char *line)
int SSL_read(SSL *ssl, void *buf, int size); int SSL_write(SSL *ssl, const void *buf, int size); int SSL_connect(SSL *ssl)
int SSL_accept(SSL *ssl); int SSL_do_handshake(SSL *ssl); int SSL_shutdown(SSL *ssl); int SSL_set_fd(SSL *ssl, int fd)
int SSL_read_ex(SSL *ssl, void *buf, size_t size, size_t *done); int SSL_write_ex(SSL *ssl, const void *buf, size_t size, size_t *done)
long gnutls_record_send(void *session, const void *buf, size_t size); long gnutls_record_recv(void *session, void *buf, size_t size)
int sqlite3_open(const char *filename, void *result); int sqlite3_exec(void *database, const char *sql, void *callback, void *argument, void *message)
int sqlite3_prepare_v2(void *database, const char *sql, int size, void *statement, void *tail); int sqlite3_step(void *statement)
void *PQexec(void *connection, const char *query); void *PQconnectdb(const char *settings); int mysql_query(void *mysql, const char *query)
int mysql_real_query(void *mysql, const char *query, unsigned_long length); void *g_malloc(size_t size); void g_free(void *pointer)
int inflate(void *stream, int flush); int deflate(void *stream, int flush)
int pam_start(const char *service, const char *user, const void *conversation, void *handle); int pam_authenticate(void *handle, int flags)
`;

const longNames = new Set(['long', 'off_t', 'ssize_t', 'time_t']);
const unsignedLongNames = new Set(['unsigned_long', 'size_t']);
const unsignedNames = new Set(['unsigned', 'mode_t', 'uid_t', 'gid_t', 'socklen_t']);
const signedNames = new Set(['int', 'pid_t']);

/** Types by their texts: `const char *`, `size_t`. */
class DeclaredTypes implements CTypes {
  readonly pointerSize: number;
  readonly littleEndian = true;
  readonly #ids = new Map<string, TypeId>([['void', 0]]);
  readonly #all: CType[] = [{ kind: 'void' }];

  constructor(pointerSize: number) {
    this.pointerSize = pointerSize;
  }

  id(text: string): TypeId {
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const type = this.#make(text);
    this.#all.push(type);
    this.#ids.set(text, this.#all.length - 1);
    return this.#all.length - 1;
  }

  #make(text: string): CType {
    if (text.endsWith('*')) {
      return { kind: 'pointer', target: this.id(text.slice(0, -1).trim()), size: this.pointerSize, sign: '*' };
    }
    if (text.startsWith('const ')) return { kind: 'qualifier', word: 'const', target: this.id(text.slice(6)) };
    if (text === 'char') return { kind: 'character', name: 'char', size: 1, isSigned: true };
    const isSigned = signedNames.has(text) || longNames.has(text);
    const isLong = longNames.has(text) || unsignedLongNames.has(text);
    const name = text.replace('_long', ' long');
    if (isSigned || isLong || unsignedNames.has(text)) {
      return { kind: 'integer', name, size: isLong ? this.pointerSize : 4, isSigned };
    }
    return { kind: 'struct', name: text.replace(/^struct_/, ''), size: 0, isDeclaration: true };
  }

  type(id: TypeId): CType {
    return this.#all[id] ?? { kind: 'unknown', why: 'there is no such type' };
  }

  members(): readonly CMember[] {
    return [];
  }

  findDefinition(): undefined {
    return undefined;
  }
}

let byName: ReadonlyMap<string, string> | undefined;

/** The declarations by function name, made when first asked for. */
function declarationOf(name: string): string | undefined {
  byName ??= new Map(
    declarations
      .split(/[;\n]/)
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => [/(\w+)\(/.exec(text)![1]!, text]),
  );
  return byName.get(name);
}

export interface KnownPlace {
  /** A symbol of the binary; a version behind it does not matter. */
  readonly symbol: string;
  readonly machine: ElfMachine;
  readonly isReturn: boolean;
  /** Type names that the kernel takes: `parseFetchArgSupport(...).types`. */
  readonly offered: ReadonlySet<string>;
}

/** What the entry or return of a well-known function offers to fetch args; undefined for one not in the table. */
export function knownProbeScope({ symbol, machine, isReturn, offered }: KnownPlace): ProbeScope | undefined {
  const functionName = symbol.replace(/(?!^)@.*$/, '').replace(/^__libc_(?=\w)/, '');
  const declaration = declarationOf(functionName);
  if (declaration === undefined) return undefined;
  const types = new DeclaredTypes(machine === 'i386' || machine === 'arm' ? 4 : 8);
  const { returns, parameters } = parseDeclaration(declaration, types);
  const places = placeArguments(types, parameters, returns, { machine, form: 'register' });
  const variables = parameters.map(({ name, type }, index): ProbeVariable => {
    return { name, type, place: places[index]!, isUser: false, isArgument: true };
  });
  const returnPlace = placeReturn(types, returns, machine);
  return { types, functionName, isReturn, isKernel: false, returns, returnPlace, variables, offered };
}

/** `char *getenv(const char *name)`; a name of two words has `_` in it. */
function parseDeclaration(text: string, types: DeclaredTypes): Pick<CFunctionType, 'returns' | 'parameters'> {
  const [, head, list] = /^(.*?)\w+\((.*)\)$/.exec(text)!;
  const parameters = list!.split(', ').filter((parameter) => parameter !== 'void');
  return {
    returns: types.id(head!.trim()),
    parameters: parameters.map((parameter) => {
      const [, type, name] = /^(.*?)(\w+)$/.exec(parameter)!;
      return { name: name!, type: types.id(type!.trim()) };
    }),
  };
}
