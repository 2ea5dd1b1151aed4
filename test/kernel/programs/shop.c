/*
 * A program for the kernel tests, without any library, so that it starts fast and runs anywhere: main sleeps 20 ms
 * between eight sales, and each sale passes a function and a static probe with a semaphore. It says how often the
 * semaphore was on.
 */
#define _SDT_HAS_SEMAPHORES 1
#include <sys/sdt.h>

__extension__ unsigned short shop_sold_semaphore __attribute__((section(".probes")));

struct order { int amount; const char *name; long price; };

static long call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

__attribute__((noinline)) long sell(int amount, const char *name, struct order *order) {
  STAP_PROBE3(shop, sold, amount, name, order->price);
  return amount % 2 ? amount : -amount;
}

__attribute__((noinline)) int main(int argc, char **argv) {
  static const char *const names[] = { "apple", "pear", "plum" };
  struct { long seconds, nanoseconds; } pause = { 0, 20 * 1000 * 1000 };
  int on = 0;
  for (int index = 0; index < 8; index++) {
    struct order order = { index + 1, names[index % 3], 100 * index };
    call(35, (long)&pause, 0, 0);
    if (shop_sold_semaphore) on++;
    sell(order.amount, order.name, &order);
  }
  char text[] = "0 on\n";
  text[0] += on;
  call(1, 1, (long)text, sizeof text - 1);
  return argc + (argv == 0);
}

__attribute__((naked, noreturn)) void _start(void) {
  __asm__("mov (%rsp), %rdi; lea 8(%rsp), %rsi; and $-16, %rsp; call main; mov %eax, %edi; mov $60, %eax; syscall");
}
