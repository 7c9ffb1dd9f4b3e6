@file:Suppress("A")
plugins { kotlin("jvm") version "2.0"; `java-library`; alias(libs.plugins.x) }
val v: String by project
val w by extra("1")
dependencies { "implementation"("g:a:$v")
  implementation(platform("g:bom:1")) }
tasks.withType<Test>().configureEach { useJUnitPlatform() }
java { toolchain { languageVersion.set(JavaLanguageVersion.of(21)) } }
val s = """raw ${"x"} text"""
