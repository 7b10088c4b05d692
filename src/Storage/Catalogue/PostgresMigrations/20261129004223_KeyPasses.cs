using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class KeyPasses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "KeyPasses",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Location = table.Column<string>(type: "text", maxLength: 40, nullable: false),
                    Kid = table.Column<string>(type: "text", maxLength: 400, nullable: false),
                    BeganAt = table.Column<long>(type: "bigint", nullable: false),
                    AuditAfter = table.Column<string>(type: "text", maxLength: 200, nullable: true),
                    AuditDone = table.Column<bool>(type: "boolean", nullable: false),
                    After = table.Column<Guid>(type: "uuid", nullable: true),
                    Again = table.Column<Guid>(type: "uuid", nullable: true),
                    Until = table.Column<Guid>(type: "uuid", nullable: true),
                    LeaseUntil = table.Column<long>(type: "bigint", nullable: true),
                    Rewrapped = table.Column<long>(type: "bigint", nullable: false),
                    Unreadable = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_KeyPasses", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_KeyPasses_Location_BeganAt",
                table: "KeyPasses",
                columns: new[] { "Location", "BeganAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "KeyPasses");
        }
    }
}
