/*
 * Preloaded into OBS under test. obs-websocket can't be told an address to listen on and takes all of them; with this a
 * test machine's OBS is reachable from that machine only: what would be bound to "any" is bound to loopback.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*bind_function)(int, const struct sockaddr *, socklen_t);

static bind_function next_bind(void) {
  return (bind_function)dlsym(RTLD_NEXT, "bind");
}

static int is_any_v4(const struct sockaddr *address, socklen_t length) {
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
  return address->sa_family == AF_INET && length >= sizeof *v4 && v4->sin_addr.s_addr == htonl(INADDR_ANY);
}

static int is_any_v6(const struct sockaddr *address, socklen_t length) {
  const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
  return address->sa_family == AF_INET6 && length >= sizeof *v6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr);
}

int bind(int socket, const struct sockaddr *address, socklen_t length) {
  struct sockaddr_storage changed;
  if (address == NULL || length > sizeof changed) return next_bind()(socket, address, length);
  memcpy(&changed, address, length);
  if (is_any_v4(address, length)) ((struct sockaddr_in *)&changed)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (is_any_v6(address, length)) ((struct sockaddr_in6 *)&changed)->sin6_addr = in6addr_loopback;
  return next_bind()(socket, (const struct sockaddr *)&changed, length);
}
