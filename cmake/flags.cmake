# Warnings everywhere; hardening for releases (reliability S27); sanitizers where asked.
add_compile_definitions(_GNU_SOURCE HEED_VERSION="${HEED_VERSION}")
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wformat=2 $<$<COMPILE_LANGUAGE:C>:-Wconversion>
                    $<$<COMPILE_LANGUAGE:C>:-Wvla> $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> -fno-common)
if(HEED_WERROR)
    add_compile_options(-Werror)
endif()
if(HEED_HARDEN)
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
                        -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE)
    add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
if(HEED_SANITIZE)
    add_compile_options(-fsanitize=${HEED_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${HEED_SANITIZE})
endif()
if(HEED_CRASH_POINTS)
    add_compile_definitions(HEED_CRASH_POINTS)
endif()
